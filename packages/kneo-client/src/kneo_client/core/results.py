"""Pages and maps, under the name of the module that kneo-client 1.x has for them."""

from kneo_client.core.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, Map, Page, iterate_all

__all__ = ["DEFAULT_PAGE_SIZE", "MAX_PAGE_SIZE", "Map", "Page", "iterate_all"]
