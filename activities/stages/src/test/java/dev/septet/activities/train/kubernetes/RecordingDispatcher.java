package dev.septet.activities.train.kubernetes;

import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Records what Septet's client uses of an API server. */
final class RecordingDispatcher extends KubernetesMixedDispatcher {
    private static final Pattern PATH =
            Pattern.compile("/apis?/(?:([a-z.]+)/)?v1(?:alpha1)?(?:/namespaces/[^/]+)?/([a-z]+)(/[^?]+)?(?:\\?.*)?");

    /** Which kinds there are, which all accounts may ask. */
    private static final Pattern DISCOVERY = Pattern.compile("/apis/[a-z.]+/v1alpha1");

    private final Set<String> used = new ConcurrentSkipListSet<>();
    private final Set<String> forced = new ConcurrentSkipListSet<>();

    RecordingDispatcher(Map<ServerRequest, Queue<ServerResponse>> answers) {
        super(answers);
    }

    /** Verbs and resources, such as {@code get batch/jobs}. */
    Set<String> used() {
        return used;
    }

    /** Paths of what was deleted by force. */
    Set<String> forced() {
        return forced;
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
        if ("septet".equals(request.getHeader("User-Agent"))) {
            Matcher path = PATH.matcher(request.getPath());
            if (!DISCOVERY.matcher(request.getPath()).matches()) {
                used.add(path.matches() ? verb(request.getMethod(), path) : request.getPath());
            }
        }
        if (request.getMethod().equals("DELETE") && request.getUtf8Body().contains("\"gracePeriodSeconds\":0")) {
            forced.add(request.getPath());
        }
        return super.dispatch(request);
    }

    private static String verb(String method, Matcher path) {
        String verb = switch (method) {
            case "GET" -> path.group(3) == null ? "list" : "get";
            case "POST" -> "create";
            case "PUT" -> "update";
            default -> method.toLowerCase(java.util.Locale.ROOT);
        };
        return "%s %s/%s".formatted(verb, path.group(1) == null ? "" : path.group(1), path.group(2));
    }
}
