"""What runs the course: executing the lectures, building the site, keeping notebooks and sources in step."""
