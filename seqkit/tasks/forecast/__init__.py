"""Forecast: the future values of the targets of a time series."""
