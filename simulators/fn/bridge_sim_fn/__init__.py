"""What simulated registers of several makers share: the Russian fiscal storage, and what stands around it."""
