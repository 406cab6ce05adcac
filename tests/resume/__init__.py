"""Clients that are cut off again and again: does each see every event once and in order?"""
