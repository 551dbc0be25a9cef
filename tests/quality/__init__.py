"""Accuracy floors."""
