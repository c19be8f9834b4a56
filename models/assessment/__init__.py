"""Whether firms of the register meet the conditions of a title: what is known of them, what people judged, the card."""
