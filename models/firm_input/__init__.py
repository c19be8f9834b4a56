"""企业填报: figures a firm gives by a one-time link or on the telephone; they count once an officer adopts them."""
