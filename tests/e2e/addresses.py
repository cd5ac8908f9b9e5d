"""The addresses of the site with the style page, which the site itself has under DEBUG alone."""

from django.urls import path

from accounts.views.style import style
from config.urls import urlpatterns as site

urlpatterns = [*site, path("style/", style, name="style")]
