package dev.septet.workers.cli.ui;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.ui.view.ApprovalsView;
import dev.septet.workers.cli.ui.view.Cached;
import dev.septet.workers.cli.ui.view.FeedbackView;
import dev.septet.workers.cli.ui.view.Overview;
import dev.septet.workers.cli.ui.view.PipelineView;
import dev.septet.workers.cli.ui.view.ServerFacts;
import dev.septet.workers.cli.ui.view.UiModel;
import dev.septet.workers.cli.ui.view.UiPage;
import dev.septet.workers.cli.ui.view.UiUser;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.UrlEncoded;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages and their buttons. Every page has a twin in JSON. */
final class UiPages extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(UiPages.class);

    /** The header of a page's own refresh, in this or another tab, which must not take the notice of the next page. */
    private static final String REFRESH = "X-Septet-Refresh";

    private static final int LARGEST = 16 << 10;

    /** A reviewer's own answer may be long. */
    private static final int LARGEST_REVIEW = 256 << 10;

    private static final String REVIEWED = "/reviewed";
    private static final int LONGEST_NAME = 255;
    private static final int RECEIVE_SECONDS = 20;

    private final UiModel model;
    private final UiSessions sessions;
    private final UiActions actions;
    private final @Nullable UiSignIn people;
    private @Nullable UiAccess access;

    /**
     * @param people where people sign in; null = nowhere
     */
    UiPages(UiModel model, UiSessions sessions, UiActions actions, @Nullable UiSignIn people) {
        this.model = model;
        this.sessions = sessions;
        this.actions = actions;
        this.people = people;
    }

    /** The check in front of the pages, which signs browsers in. */
    void behind(UiAccess check) {
        this.access = check;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        boolean get = HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod());
        try {
            if (UiReply.isFile(path)) {
                return get
                        ? UiReply.file(response, callback, path)
                        : UiReply.refuse(request, response, callback, 405, "use GET");
            }
            if (people != null && UiSignIn.isPath(path)) {
                return HttpMethod.GET.is(request.getMethod())
                        ? people.handle(path, Objects.requireNonNull(access), request, response, callback)
                        : UiReply.refuse(request, response, callback, 405, "use GET");
            }
            return switch (path) {
                case "/", "/pipeline", "/approvals", "/workers", "/costs", "/review", "/session" ->
                    get
                            ? page(path, request, response, callback)
                            : UiReply.refuse(request, response, callback, 405, "use GET");
                case UiAccess.SIGN_IN, "/sign-out", "/answer", "/steer", REVIEWED ->
                    HttpMethod.POST.is(request.getMethod())
                            ? form(path, request, response, callback)
                            : UiReply.redirect(response, callback, "/");
                default -> UiReply.refuse(request, response, callback, 404, "there is no such page");
            };
        } catch (RuntimeException | StackOverflowError failed) {
            return failed(request, response, callback, failed);
        }
    }

    private boolean page(String path, Request request, Response response, Callback callback) {
        Fields query = Request.extractQueryParameters(request);
        UiUser user = UiAccess.user(request);
        switch (path) {
            case "/session" -> {
                response.setStatus(204);
                callback.succeeded();
                return true;
            }
            case "/pipeline" -> {
                String name = query.getValue("name");
                if (name == null || name.isEmpty() || name.length() > LONGEST_NAME) {
                    return UiReply.refuse(
                            request, response, callback, 400, "the address needs a pipeline: /pipeline?name=NAME");
                }
                UiModel.Read<PipelineView> read = model.pipeline(name);
                PipelineView view = read.value();
                if (view != null && view.unknown() && read.problem() == null && !model.serves(name)) {
                    return unknown(name, request, response, callback);
                }
                return UiReply.page(
                        request,
                        response,
                        callback,
                        "pipeline.jte",
                        page(name, UiPage.Place.PIPELINES, request, user, read));
            }
            case "/review" -> {
                String name = Objects.requireNonNullElse(query.getValue("name"), "");
                if (!user.reviews(name)) {
                    return refuseReview(user, name, request, response, callback);
                }
                if (!name.matches(PipelineSpec.NAME_PATTERN)) {
                    return UiReply.refuse(
                            request, response, callback, 400, "the address needs a pipeline: /review?name=NAME");
                }
                UiModel.Read<FeedbackView> read = model.feedback(name);
                FeedbackView view = read.value();
                if (view != null && !view.requested() && !model.serves(name)) {
                    return unknown(name, request, response, callback);
                }
                return UiReply.page(
                        request,
                        response,
                        callback,
                        "review.jte",
                        page("Review of " + name, UiPage.Place.PIPELINES, request, user, read));
            }
            case "/workers" -> {
                return UiReply.page(
                        request,
                        response,
                        callback,
                        "workers.jte",
                        page("Workers and queues", UiPage.Place.WORKERS, request, user, model.queues()));
            }
            case "/costs" -> {
                return UiReply.page(
                        request,
                        response,
                        callback,
                        "costs.jte",
                        page(
                                "Costs",
                                UiPage.Place.COSTS,
                                request,
                                user,
                                model.costs(search(query), number(query.getValue("page")))));
            }
            case "/approvals" -> {
                return UiReply.page(
                        request,
                        response,
                        callback,
                        "approvals.jte",
                        page("Approvals", UiPage.Place.APPROVALS, request, user, approvals()));
            }
            default -> {
                return UiReply.page(
                        request,
                        response,
                        callback,
                        "overview.jte",
                        page(
                                "Pipelines",
                                UiPage.Place.PIPELINES,
                                request,
                                user,
                                model.overview(
                                        search(query),
                                        Overview.Show.of(query.getValue("show")),
                                        number(query.getValue("page")))));
            }
        }
    }

    private UiModel.Read<ApprovalsView> approvals() {
        Cached.Held<ServerFacts> server = model.server();
        ServerFacts facts = server.value();
        return new UiModel.Read<>(
                facts == null ? null : new ApprovalsView(facts.questions(), facts.remarks(), actions.unsigned()),
                server,
                UiModel.problem(server, null));
    }

    private <V> UiPage<V> page(String title, UiPage.Place place, Request request, UiUser user, UiModel.Read<V> read) {
        ServerFacts facts = read.server().value();
        return new UiPage<>(
                title,
                place,
                user,
                facts == null ? "" : facts.address(),
                read.server().at() == null ? null : read.server().at().toString(),
                read.problem(),
                UiReply.wantsJson(request) || request.getHeaders().contains(REFRESH)
                        ? null
                        : sessions.notice(UiAccess.cookie(request)),
                facts == null ? 0 : facts.questions().size(),
                read.value());
    }

    private static String search(Fields query) {
        String search = Objects.requireNonNullElse(query.getValue("search"), "");
        return search.substring(0, Math.min(LONGEST_NAME, search.length()));
    }

    private static int number(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 1;
    }

    private boolean form(String path, Request request, Response response, Callback callback) {
        int largest = path.equals(REVIEWED) ? LARGEST_REVIEW : LARGEST;
        if (request.getLength() > largest) {
            return UiReply.refuse(request, response, callback, 413, "the form is too long");
        }
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        Content.Source.asByteArrayAsync(request, largest, Promise.Invocable.toPromise(body));
        var unused = body.orTimeout(RECEIVE_SECONDS, TimeUnit.SECONDS)
                .whenCompleteAsync(
                        (bytes, problem) -> {
                            try {
                                if (problem == null) {
                                    received(path, bytes, request, response, callback);
                                } else {
                                    UiReply.refuse(
                                            request,
                                            response,
                                            callback,
                                            413,
                                            "the form is too long, or came too slowly");
                                }
                            } catch (RuntimeException | StackOverflowError failed) {
                                failed(request, response, callback, failed);
                            }
                        },
                        request.getComponents().getExecutor());
        return true;
    }

    private void received(String path, byte[] body, Request request, Response response, Callback callback) {
        Map<String, String> fields;
        try {
            fields =
                    fields(body, Objects.requireNonNullElse(request.getHeaders().get(HttpHeader.CONTENT_TYPE), ""));
        } catch (JsonProcessingException | IllegalArgumentException damaged) {
            UiReply.refuse(request, response, callback, 400, "the body is neither a form nor a JSON object of texts");
            return;
        }
        if (path.equals(UiAccess.SIGN_IN)) {
            Objects.requireNonNull(access).signIn(fields.get("key"), request, response, callback);
            return;
        }
        UiUser user = UiAccess.user(request);
        if (!user.form().isEmpty() && !UiSessions.same(user.form(), fields.get("form"))) {
            UiReply.refuse(
                    request,
                    response,
                    callback,
                    403,
                    "this form is of an earlier session: go back, and load the page again");
            return;
        }
        if (path.equals("/sign-out")) {
            sessions.end(UiAccess.cookie(request));
            UiReply.redirect(response, callback, "/");
            return;
        }
        UiUser.Person person = user.person();
        if (person != null && people != null && path.equals("/answer")) {
            String back = back(fields.get("back"));
            people.ask(user, person, fields, back, Objects.requireNonNull(access), request, response, callback);
            return;
        }
        if (path.equals(REVIEWED)) {
            String pipeline = fields.getOrDefault("pipeline", "");
            if (user.reviews(pipeline)) {
                done(actions.review(user, fields), fields, request, response, callback);
            } else {
                refuseReview(user, pipeline, request, response, callback);
            }
            return;
        }
        if (!user.acts()) {
            String refusal = person == null || people == null
                    ? "the key '%s' lacks the scope ui-act".formatted(user.name())
                    : people.refusal(user, person);
            UiReply.refuse(request, response, callback, 403, refusal);
            return;
        }
        done(
                path.equals("/answer") ? actions.answer(user, fields) : actions.steer(user, fields),
                fields,
                request,
                response,
                callback);
    }

    private static boolean unknown(String pipeline, Request request, Response response, Callback callback) {
        return UiReply.refuse(
                request,
                response,
                callback,
                404,
                "there is no pipeline '%s', and no run of it".formatted(PublicText.line(pipeline)));
    }

    private boolean refuseReview(UiUser user, String pipeline, Request request, Response response, Callback callback) {
        UiUser.Person person = user.person();
        return UiReply.refuse(
                request,
                response,
                callback,
                403,
                user.reviews()
                        ? "models= of the key '%s' does not allow the pipeline '%s'"
                                .formatted(user.name(), PublicText.line(pipeline))
                        : person == null || people == null
                                ? "the key '%s' lacks the scope ui-review".formatted(user.name())
                                : people.reviewRefusal(user, person));
    }

    /** Answers a form with what its button did. */
    private void done(
            UiPage.Notice notice, Map<String, String> fields, Request request, Response response, Callback callback) {
        model.expire();
        if (UiReply.wantsJson(request)) {
            UiReply.json(
                    response,
                    callback,
                    notice.good() ? 200 : 409,
                    Map.of(notice.good() ? "message" : "problem", notice.text()));
            return;
        }
        sessions.tell(UiAccess.cookie(request), notice);
        UiReply.redirect(response, callback, back(fields.get("back")));
    }

    /** A page of this server, whatever the form says. */
    private static String back(@Nullable String path) {
        boolean local = path != null
                && path.startsWith("/")
                && !path.startsWith("//")
                && path.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\');
        return path != null && local ? path : "/";
    }

    private static Map<String, String> fields(byte[] body, String type) throws JsonProcessingException {
        String text = new String(body, StandardCharsets.UTF_8);
        Map<String, String> fields = new HashMap<>();
        if (type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            JsonNode root = SpecJson.mapper().readTree(text);
            if (root == null || !root.isObject()) {
                throw new IllegalArgumentException();
            }
            root.properties().forEach(field -> {
                if (!field.getValue().isTextual()) {
                    throw new IllegalArgumentException();
                }
                fields.put(field.getKey(), field.getValue().textValue());
            });
        } else {
            UrlEncoded.decodeTo(text, fields::put, StandardCharsets.UTF_8);
        }
        return fields;
    }

    private static boolean failed(Request request, Response response, Callback callback, Throwable failed) {
        LOG.error("a request failed", failed);
        return UiReply.refuse(request, response, callback, 500, "the page failed; the reason is in the log");
    }
}
