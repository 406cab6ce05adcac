"""Campaigns: a dozen operations at one device, and many faults that fall into them, one behind the other.

`python -m tests.harness.campaign --family zvt --campaigns 500 --seed 1`. Where `cable.py` plays one disturbance of one job, here the
second one falls into the recovery of the first.
"""
