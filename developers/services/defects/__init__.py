"""What can happen to a defect: claims find it, people regroup it, its developer answers, its buyers are told."""
