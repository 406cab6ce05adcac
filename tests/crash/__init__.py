"""The crash harness: tills sell on three simulated printers while the bridge is killed with SIGKILL again and again.

`python -m tests.crash --kills 200 --real 20` for the whole run; `test_crash_sample.py` is the handful for the usual test line.
"""
