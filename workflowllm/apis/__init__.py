"""What applications offer to Shortcuts: every API's parameters and output, from several sources, as documents."""

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
