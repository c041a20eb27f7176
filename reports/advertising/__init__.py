"""Banners: what the media report, what arrived, and why the two differ."""
