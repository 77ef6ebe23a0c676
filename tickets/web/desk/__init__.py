"""What ops see and do of tickets, inside the admin's frame: the queue, one ticket, many at once, files of them."""
