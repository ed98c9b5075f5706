package dev.septet.activities.basemodel;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.workflows.FailureType;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Locale;

/** Explains the hub's refusals to the author of a pipeline. */
final class HubErrors {
    private HubErrors() {}

    /**
     * The problem of an error status.
     *
     * @param what the requested thing, such as {@code revision 'main'} or {@code config.json}
     */
    static StageProblem refusal(
            HubSettings settings, HubKind kind, HubId id, String what, int status, HttpHeaders headers) {
        String code = headers.firstValue("X-Error-Code").orElse("");
        URI hub = settings.endpoint();
        String token = settings.token().isPresent()
                ? "the worker's token (HF_TOKEN) may not read it"
                : "the worker has no token (HF_TOKEN is not set)";
        if (code.equals("GatedRepo")) {
            return invalid(
                    kind,
                    id,
                    ("is gated and %s: accept its conditions at %s/%s, then give the worker a token"
                                    + " of that account")
                            .formatted(token, hub, kind.path() + id));
        }
        if (code.equals("RevisionNotFound")) {
            return invalid(kind, id, "has no %s; see %s/%s/tree/main".formatted(what, hub, kind.path() + id));
        }
        if (code.equals("EntryNotFound")) {
            return invalid(kind, id, "has no %s any more".formatted(what));
        }
        return switch (status) {
            case 401, 403, 404 ->
                invalid(kind, id, "is not on %s under this name, or it is private and %s".formatted(hub, token));
            case 429 -> failed(kind, "%s limits the request rate (status 429)".formatted(hub));
            default ->
                failed(kind, String.format(Locale.ROOT, "%s answered status %d for %s of %s", hub, status, what, id));
        };
    }

    /** The problem of an invalid response. */
    static StageProblem invalidAnswer(HubKind kind, HubId id, String detail) {
        return failed(kind, "the hub's answer about '%s' %s: is HF_ENDPOINT a hub?".formatted(id, detail));
    }

    /** A problem that a retry may solve. */
    static StageProblem failed(HubKind kind, String detail) {
        return new StageProblem(FailureType.BACKEND_FAILED, kind.stage() + ": " + detail);
    }

    private static StageProblem invalid(HubKind kind, HubId id, String detail) {
        return StageProblem.invalid("%s: the %s '%s' %s".formatted(kind.stage(), kind.word(), id, detail));
    }
}
