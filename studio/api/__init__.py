"""Routes of our own: JSON and media. Each file gives `routes(studio) -> APIRouter`."""
