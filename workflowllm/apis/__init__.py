"""The APIs that applications offer to Shortcuts: their definitions from several sources, their documents, a search."""

from workflowllm.apis.catalogue import Catalogue, catalogue
from workflowllm.apis.model import COMMON_PARAMETERS, Api, Parameter, Returns, application_of, published_key

__all__ = [
    "COMMON_PARAMETERS",
    "Api",
    "Catalogue",
    "Parameter",
    "Returns",
    "application_of",
    "catalogue",
    "published_key",
]
