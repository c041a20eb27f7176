"""Pages on which readers write: rules that choose customers, and a look at the site's rules."""
