"""What both apps share on the way in and out: assets, access, headers, forms, errors, words."""
