"""The Russian fiscal storage, as simulated registers of several makers hold it."""
