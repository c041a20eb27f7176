"""What readers keep: views of pages under a name, and notes on days."""
