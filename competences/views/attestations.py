"""The reader's side of review requests: an adviser's, an employer's member's, a peer's; the same pages."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Thing, organisations_of
from accounts.enums import OrganisationKind
from accounts.errors import NotFound, Refused
from accounts.models import Organisation
from accounts.posting import posted_from
from competences.enums import Capacity, ReviewState
from competences.forms.attestations import SignForm, ViewForm
from competences.models import Attestation, ReviewRequest, SkillStatement
from competences.private_files import way_to
from competences.queries.attestations import (
    access_review,
    answered_by,
    asked_statements,
    given_views,
    known_review,
    reviews_for,
    shown_evidence,
)
from competences.services.attestations import (
    OVER,
    answer_review,
    decline_review,
    take_review,
    withdraw_attestation,
)
from competences.services.ownership import UNDO_WITHIN

A_PAGE = 50


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What I am asked, the oldest first, and what I answered lately."""
    today = timezone.localdate()
    page = Paginator(reviews_for(request.user, today), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "answered": answered_by(request.user, today)[:A_PAGE]}
    return render(request, "competences/reviews.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A request: who asks what first; once taken, the skills, the evidence and the form; then my answer."""
    if request.method == "POST":
        return _answer(request, public_id)
    review = access_review(request.user, public_id, on=timezone.localdate())
    if review.state == ReviewState.WAITING:
        return render(request, "competences/review_asked.html", {"review": review})
    return _whole(request, review)


@login_required
@posted_from("competences:review", "public_id")
def take(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begins to read."""
    try:
        take_review(actor=request.user, review=known_review(request.user, public_id, on=timezone.localdate()))
    except Refused as refusal:
        return _told(request, refusal, public_id)
    return redirect("competences:review", public_id)


@login_required
@posted_from("competences:review", "public_id")
def decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Would rather not answer."""
    try:
        decline_review(
            actor=request.user, review=known_review(request.user, public_id, on=timezone.localdate())
        )
    except Refused as refusal:
        return _told(request, refusal, public_id)
    messages.success(request, _("La demande est déclinée. La personne le sait ; vous n’en voyez plus rien."))
    return redirect("competences:reviews")


@never_cache
@login_required
@require_safe
def file(request: HttpRequest, public_id: UUID, evidence_id: UUID) -> HttpResponse:
    """The way to a file that was shown with the request; the opening is written down."""
    review = access_review(request.user, public_id, on=timezone.localdate(), thing=Thing.EVIDENCE_FILE)
    if review.state == ReviewState.WAITING:
        raise NotFound
    piece = shown_evidence(review, evidence_id)
    if piece.stored_as is None:
        raise NotFound
    return way_to(piece.stored_as, piece.file_kind, piece.file_name, of_another=True)


@login_required
@posted_from("competences:reviews")
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes one of my views back."""
    view = (
        Attestation.objects.filter(public_id=public_id, author=request.user).select_related("request").first()
    )
    if view is None:
        raise NotFound
    try:
        withdraw_attestation(actor=request.user, attestation=view)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("Votre avis est repris : il n’est plus montré à personne."))
    return redirect("competences:review", view.request.public_id)


def _answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Gives every view at once; what was typed stays on the page when something is to be corrected."""
    review = known_review(request.user, public_id, on=timezone.localdate())
    statements = asked_statements(review, actor=request.user, on=timezone.localdate())
    forms = [(one, _view_form(one, request.POST)) for one in statements]
    sign = _sign_form(request, review)
    # Every form is looked at, so that each says what it has to.
    is_valid = all([form.is_valid() for _one, form in forms] + [sign is None or sign.is_valid()])
    if is_valid or review.state != ReviewState.IN_REVIEW:
        try:
            answer_review(
                actor=request.user,
                review=review,
                views={one.pk: view for one, form in forms if is_valid and (view := form.view())},
                organisation=sign.employer() if sign and is_valid else None,
            )
        except Refused as refusal:
            if refusal.code == "no_view":
                messages.warning(request, refusal.message)
            else:
                return _told(request, refusal, public_id)
        else:
            messages.success(
                request, _("Merci : votre avis est parti. Vous pouvez le reprendre pendant 24 heures.")
            )
            return redirect("competences:review", public_id)
    return _whole(request, access_review(request.user, public_id, on=timezone.localdate()), forms, sign)


def _told(request: HttpRequest, refusal: Refused, public_id: UUID) -> HttpResponse:
    """Says why not, on the page of the request while it opens, else on the list."""
    messages.warning(request, refusal.message)
    if refusal.code in [f"review_{state.value}" for state in OVER]:
        return redirect("competences:reviews")
    return redirect("competences:review", public_id)


def _whole(
    request: HttpRequest,
    review: ReviewRequest,
    forms: list[tuple[SkillStatement, ViewForm]] | None = None,
    sign: SignForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    is_answered = review.state == ReviewState.ANSWERED
    views = given_views(review, request.user) if is_answered else {}
    if forms is None:
        statements = asked_statements(review, actor=request.user, on=timezone.localdate())
        forms = [(one, _view_form(one)) for one in statements]
        sign = None if is_answered else _sign_form(request, review)
    rows: list[dict[str, Any]] = [
        {
            "statement": statement,
            "form": form,
            "view": (view := views.get(statement.pk)),
            "may_undo": bool(view and not view.withdrawn_at and now - view.given_at <= UNDO_WITHIN),
        }
        for statement, form in forms
    ]
    context = {
        "review": review,
        "rows": rows,
        "sign": sign,
        "is_answered": is_answered,
        "is_peer": review.capacity == Capacity.EMPLOYER_MEMBER and sign is None,
    }
    return render(request, "competences/review.html", context)


def _view_form(statement: SkillStatement, data: Any = None) -> ViewForm:
    return ViewForm(data, prefix=statement.public_id.hex)


def _sign_form(request: HttpRequest, review: ReviewRequest) -> SignForm | None:
    """The choice of an employer, for somebody who was asked as its member and is one."""
    if review.capacity != Capacity.EMPLOYER_MEMBER:
        return None
    employers: list[Organisation] = list(
        organisations_of(request.user, OrganisationKind.EMPLOYER, on=timezone.localdate())
    )
    data = request.POST if request.method == "POST" else None
    return SignForm(data, employers=employers) if employers else None
