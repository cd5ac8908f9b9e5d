import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="identifiant public"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="adresse e-mail")),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="nom affiché")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("en", "Anglais")],
                        default="fr",
                        max_length=2,
                        verbose_name="langue",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="compte ouvert")),
                ("is_staff", models.BooleanField(default=False, verbose_name="accès à l’administration")),
                (
                    "joined_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="inscription"),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={"verbose_name": "compte", "verbose_name_plural": "comptes", "ordering": ("email",)},
        ),
        migrations.CreateModel(
            name="FileOpening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor_id", models.BigIntegerField(verbose_name="compte qui a ouvert")),
                ("worker_id", models.BigIntegerField(verbose_name="dossier ouvert")),
                ("mandate_id", models.BigIntegerField(verbose_name="accord utilisé")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("follow_up", "Suivre mon parcours"),
                            ("review", "Relire mes compétences"),
                            ("bilan", "Préparer mon bilan de compétences"),
                        ],
                        max_length=20,
                        verbose_name="but",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="ouvert le")),
            ],
            options={
                "verbose_name": "consultation de dossier",
                "verbose_name_plural": "consultations de dossiers",
                "ordering": ("-opened_at", "-id"),
                "indexes": [
                    models.Index(fields=["worker_id", "-opened_at"], name="opening_worker_idx"),
                    models.Index(fields=["opened_at"], name="opening_at_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["follow_up", "review", "bilan"])),
                        name="opening_purpose_known",
                        violation_error_message="Ce but n’existe pas.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="identifiant public"
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="genre")),
                ("dedupe_key", models.CharField(max_length=200, verbose_name="clé d’unicité")),
                ("payload", models.JSONField(blank=True, default=dict, verbose_name="identifiants")),
                ("address", models.EmailField(blank=True, max_length=254, verbose_name="autre adresse")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Sécurité"), (5, "Ordinaire")], default=5, verbose_name="rang"
                    ),
                ),
                (
                    "not_before",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="pas avant"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "En attente"),
                            ("sending", "En cours d’envoi"),
                            ("sent", "Envoyé"),
                            ("failed", "Refusé"),
                            ("uncertain", "Envoi incertain"),
                            ("cancelled", "Annulé"),
                        ],
                        default="waiting",
                        max_length=12,
                        verbose_name="état",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="essais")),
                (
                    "provider_answer",
                    models.CharField(blank=True, max_length=500, verbose_name="réponse du serveur"),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("obsolete", "Le rappel n’a plus lieu d’être"),
                            ("overtaken", "Le message n’était plus vrai au moment de partir"),
                            ("preference", "La personne ne veut pas de ces messages"),
                            ("requested", "Annulé à la demande"),
                            ("no_recipient", "Le compte est fermé ou l’adresse n’existe plus"),
                            ("refused_by_provider", "Le serveur de messagerie a refusé pour de bon"),
                            ("tried_too_often", "Trop d’essais sans succès"),
                            ("not_rendered", "Le message n’a pas pu être écrit"),
                            ("no_answer", "Pas de réponse : le message est peut-être parti"),
                        ],
                        max_length=24,
                        verbose_name="raison",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="écrit le"),
                ),
                ("claimed_at", models.DateTimeField(blank=True, null=True, verbose_name="pris le")),
                (
                    "handed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="remis au serveur le"),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="terminé le")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="lu le")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="destinataire",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="NotificationPreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("security", "Sécurité du compte"),
                            ("mandates", "Accès aux dossiers"),
                            ("skills", "Changements qui touchent mes compétences"),
                            ("bilans", "Dates de mes bilans de compétences"),
                        ],
                        max_length=20,
                        verbose_name="famille",
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True, verbose_name="envoyer")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_preferences",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
            ],
            options={
                "verbose_name": "choix de messages",
                "verbose_name_plural": "choix de messages",
                "ordering": ("user_id", "category"),
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="identifiant public"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                (
                    "kind",
                    models.CharField(
                        choices=[("adviser_body", "Organisme de conseil"), ("employer", "Employeur")],
                        max_length=20,
                        verbose_name="nature",
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "ordering": ("name", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["adviser_body", "employer"])),
                        name="organisation_kind_known",
                        violation_error_message="Cette nature d’organisation n’existe pas.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="organisation_named",
                        violation_error_message="Une organisation a un nom.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("adviser", "Conseiller ou conseillère"),
                            ("employer_member", "Membre de l’employeur"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                ("start_on", models.DateField(verbose_name="premier jour")),
                ("end_on", models.DateField(blank=True, null=True, verbose_name="fin (jour non compris)")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="accounts.organisation",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "appartenance",
                "verbose_name_plural": "appartenances",
                "ordering": ("start_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="identifiant public"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="worker",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="compte",
                    ),
                ),
            ],
            options={"verbose_name": "dossier", "verbose_name_plural": "dossiers", "ordering": ("id",)},
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="identifiant public"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("follow_up", "Suivre mon parcours"),
                            ("review", "Relire mes compétences"),
                            ("bilan", "Préparer mon bilan de compétences"),
                        ],
                        max_length=20,
                        verbose_name="but",
                    ),
                ),
                ("start_on", models.DateField(verbose_name="premier jour")),
                ("end_on", models.DateField(blank=True, null=True, verbose_name="fin (jour non compris)")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="motif")),
                ("text_version", models.CharField(max_length=20, verbose_name="version du texte accepté")),
                (
                    "granted_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="accordé le"),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
                (
                    "adviser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_received",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="conseiller ou conseillère",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="accounts.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mandates",
                        to="accounts.worker",
                        verbose_name="dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "accord d’accès",
                "verbose_name_plural": "accords d’accès",
                "ordering": ("-granted_at", "id"),
            },
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                fields=("email",),
                name="user_email_unique",
                violation_error_message="Un compte existe déjà avec cette adresse e-mail.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="user_email_lower_case",
                violation_error_message="L’adresse e-mail s’écrit en minuscules.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["fr", "en"])),
                name="user_language_known",
                violation_error_message="Cette langue n’est pas proposée.",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["priority", "not_before", "id"],
                name="notification_waiting_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("state", "sending")),
                fields=["claimed_at"],
                name="notification_sending_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["recipient", "-created_at"], name="notification_recipient_idx"),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.UniqueConstraint(
                fields=("dedupe_key",),
                name="notification_dedupe_key_unique",
                violation_error_message="Ce message est déjà prévu.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "sending", "sent", "failed", "uncertain", "cancelled"])
                ),
                name="notification_state_known",
                violation_error_message="Cet état n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("claimed_at__isnull", False),
                    models.Q(("state", "sending"), _negated=True),
                    _connector="OR",
                ),
                name="notification_sending_claimed",
                violation_error_message="Un message en cours d’envoi a été pris à un moment connu.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("finished_at__isnull", False),
                        ("state__in", ("sent", "failed", "uncertain", "cancelled")),
                    ),
                    models.Q(
                        models.Q(("state__in", ("sent", "failed", "uncertain", "cancelled")), _negated=True),
                        ("finished_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="notification_finished_dated",
                violation_error_message="Un message terminé, et lui seul, a une date de fin.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationpreference",
            constraint=models.UniqueConstraint(
                fields=("user", "category"),
                name="notification_preference_unique",
                violation_error_message="Un seul choix par famille de messages.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationpreference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("category__in", ["security", "mandates", "skills", "bilans"]),
                    models.Q(("category", "security"), _negated=True),
                ),
                name="notification_preference_optional",
                violation_error_message="Les messages de sécurité partent toujours.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_on__isnull", True), ("end_on__gt", models.F("start_on")), _connector="OR"
                ),
                name="membership_end_after_start",
                violation_error_message="La fin vient après le premier jour.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["adviser", "employer_member"])),
                name="membership_role_known",
                violation_error_message="Ce rôle n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("end_on__isnull", True)),
                fields=("user", "organisation", "role"),
                name="membership_one_open",
                violation_error_message="Cette personne tient déjà ce rôle dans cette organisation.",
            ),
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=["adviser", "purpose", "worker"],
                name="mandate_adviser_idx",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_on__isnull", True), ("end_on__gt", models.F("start_on")), _connector="OR"
                ),
                name="mandate_end_after_start",
                violation_error_message="La fin vient après le premier jour.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["follow_up", "review", "bilan"])),
                name="mandate_purpose_known",
                violation_error_message="Ce but n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True),
                    ("withdrawn_at__gte", models.F("granted_at")),
                    _connector="OR",
                ),
                name="mandate_withdrawn_after_granted",
                violation_error_message="Un accord est retiré après avoir été donné.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("end_on__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("worker", "adviser", "purpose"),
                name="mandate_one_open",
                violation_error_message="Cette personne a déjà votre accord pour ce but.",
            ),
        ),
    ]
