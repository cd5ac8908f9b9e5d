"""People: the account that signs in, and the worker's record that each of them has."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language


def normalised_email(email: str) -> str:
    """The one spelling under which an address is stored and looked for."""
    return email.strip().lower()


class UserManager(BaseUserManager["User"]):
    """Makes accounts; every one of them comes with its worker's record."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new account; without a password nobody can sign in until one is set by a reset."""
        if not email.strip():
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """The account of a person who runs the site (`manage.py createsuperuser`)."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        """Looks for the stored spelling, so that capital letters never lock a person out."""
        return self.get(email=normalised_email(username or ""))

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Refused: it would go around `save`, and leave people without a worker's record."""
        raise NotImplementedError("Create accounts one by one: each comes with its worker's record.")


class User(AbstractBaseUser, PermissionsMixin):
    """An account. Its roles are never columns here: they come from memberships and mandates, with dates."""

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("adresse e-mail"), max_length=254)
    name = models.CharField(_("nom affiché"), max_length=150, blank=True)
    language = models.CharField(_("langue"), max_length=2, choices=Language.choices, default=Language.FRENCH)
    is_active = models.BooleanField(_("compte ouvert"), default=True)
    is_staff = models.BooleanField(_("accès à l’administration"), default=False)
    joined_at = models.DateTimeField(_("inscription"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        ordering = ("email",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # With the check below, this makes the address unique whatever its capital letters.
            models.UniqueConstraint(
                fields=["email"],
                name="user_email_unique",
                violation_error_message=_("Un compte existe déjà avec cette adresse e-mail."),
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="user_email_lower_case",
                violation_error_message=_("L’adresse e-mail s’écrit en minuscules."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=Language.values),
                name="user_language_known",
                violation_error_message=_("Cette langue n’est pas proposée."),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name the person chose, else the address."""
        return self.name or self.email

    def get_full_name(self) -> str:
        """Asked by Django's administration."""
        return self.display_name

    def get_short_name(self) -> str:
        """Asked by Django's administration."""
        return self.display_name

    def clean(self) -> None:
        self.email = normalised_email(self.email)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stores the address in lower case and, for a new account, creates the worker's record with it."""
        self.email = normalised_email(self.email)
        is_new = self._state.adding
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)
            if is_new:
                Worker.objects.using(self._state.db).create(user=self)


class Worker(models.Model):
    """The record of a person as a worker (titulaire): what skills, bilans and rights hang on.

    Advisers and employers' members have one too: they work, and have rights of their own.
    """

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="worker", verbose_name=_("compte")
    )

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.public_id)
