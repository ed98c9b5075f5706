package dev.septet.workers.cli.review;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.votes.AnswerPair.Verdict;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.StrictJson;
import dev.septet.workers.serve.reply.Replies;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page's files, and its three requests: {@code POST /next}, {@code /vote} and {@code /undo}. Each answers with the next
 * pair.
 */
final class ReviewPages extends Handler.Abstract {
    /** Whatever a model writes, the browser runs only the page's own files and connects only to this server. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Logger LOG = LoggerFactory.getLogger(ReviewPages.class);
    private static final int LARGEST = 4 << 10;
    private static final int RECEIVE_SECONDS = 20;
    private static final Map<String, Page> FILES = Map.of(
            "/", Page.of("review.html", "text/html"),
            "/review.css", Page.of("review.css", "text/css"),
            "/review.js", Page.of("review.js", "text/javascript"));

    private final BlindReview review;
    private final Reviewers reviewers;

    ReviewPages(BlindReview review, Reviewers reviewers) {
        this.review = review;
        this.reviewers = reviewers;
    }

    private record Page(String type, String text) {
        static Page of(String name, String type) {
            try (InputStream in = ReviewPages.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalStateException(name + " is missing from this build");
                }
                return new Page(type + ";charset=utf-8", new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Whether the path is of a file of the page, which has no content of a run. */
    static boolean isFile(String path) {
        return FILES.containsKey(path);
    }

    static boolean refuse(Response response, Callback callback, int status, String reason) {
        ObjectNode body = SpecJson.mapper().createObjectNode().put("problem", reason);
        Replies.send(response, callback, status, "application/json", body.toString());
        return true;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        Page page = FILES.get(path);
        if (page != null) {
            if (!HttpMethod.GET.is(request.getMethod())) {
                return refuse(response, callback, 405, "use GET");
            }
            Replies.send(response, callback, 200, page.type, page.text);
            return true;
        }
        if (!path.equals("/next") && !path.equals("/vote") && !path.equals("/undo")) {
            return refuse(response, callback, 404, "there is no such page");
        } else if (!HttpMethod.POST.is(request.getMethod())) {
            return refuse(response, callback, 405, "use POST");
        }
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            return refuse(response, callback, 415, "the body must be application/json");
        } else if (request.getLength() > LARGEST) {
            return tooLarge(response, callback);
        }
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        Content.Source.asByteArrayAsync(request, LARGEST, Promise.Invocable.toPromise(body));
        var unused = body.orTimeout(RECEIVE_SECONDS, TimeUnit.SECONDS)
                .whenCompleteAsync(
                        (bytes, problem) -> {
                            if (problem == null) {
                                answer(path, bytes, response, callback);
                            } else {
                                tooLarge(response, callback);
                            }
                        },
                        request.getComponents().getExecutor());
        return true;
    }

    private void answer(String path, byte[] body, Response response, Callback callback) {
        try {
            JsonNode asked = StrictJson.MAPPER.readTree(body);
            String reviewer = reviewers.pseudonym(asked.path("name").asText(""));
            if (path.equals("/vote")) {
                review.vote(reviewer, asked.path("pair").asText(""), verdict(asked));
            } else if (path.equals("/undo")) {
                review.undo(reviewer);
            }
            Replies.send(response, callback, 200, "application/json", text(review.next(reviewer)));
        } catch (BlindReview.Refused refused) {
            refuse(response, callback, 409, String.valueOf(refused.getMessage()));
        } catch (JsonProcessingException | IllegalArgumentException invalid) {
            boolean known = invalid instanceof IllegalArgumentException;
            refuse(response, callback, 400, known ? String.valueOf(invalid.getMessage()) : "the body is not JSON");
        } catch (IOException disk) {
            LOG.error("a vote could not be written", disk);
            refuse(response, callback, 507, "the vote could not be written to the disk, and does not count; try again");
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("a request failed", e);
            refuse(response, callback, 500, "the server failed; the reason is in its log");
        }
    }

    private static Verdict verdict(JsonNode asked) {
        return switch (asked.path("verdict").asText("")) {
            case "left" -> Verdict.FIRST;
            case "right" -> Verdict.SECOND;
            case "tie" -> Verdict.TIE;
            case "skip" -> Verdict.SKIP;
            default -> throw new IllegalArgumentException("verdict is left, right, tie or skip");
        };
    }

    private static String text(BlindReview.Question question) {
        ObjectNode node = SpecJson.mapper().createObjectNode();
        node.put("done", question.done()).put("all", question.all());
        if (question.open()) {
            node.put("pair", question.pair()).put("prompt", question.prompt());
            node.put("left", question.left()).put("right", question.right());
        }
        return node.toString();
    }

    private static boolean tooLarge(Response response, Callback callback) {
        return refuse(
                response,
                callback,
                413,
                String.format(
                        Locale.ROOT,
                        "the body has more than %d bytes, or did not arrive in %d seconds",
                        LARGEST,
                        RECEIVE_SECONDS));
    }
}
