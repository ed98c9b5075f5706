package dev.septet.activities.track.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.operator.OperatorName;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server of a tracker that the operator lets pipelines use.
 *
 * @param name the operator's name for it
 * @param url its address, without a slash at the end
 * @param key variable with a token; null = none
 * @param user name of a user; null = none
 * @param password variable with the user's password; null where {@code user} is
 * @param pipelines the pipelines that may use it
 */
public record DeclaredTracker(
        String name,
        Type type,
        URI url,
        @Nullable String key,
        @Nullable String user,
        @Nullable String password,
        List<String> pipelines) {
    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";
    private static final String USER = "[^:\\p{Cntrl}]{1,128}";

    public DeclaredTracker {
        pipelines = List.copyOf(pipelines);
    }

    /** Kinds of servers. */
    public enum Type {
        MLFLOW,
        OPENLINEAGE;

        /** A path whose answer shows that the server is there, and whether it accepts the key. */
        String probe() {
            return this == MLFLOW ? "/api/2.0/mlflow/experiments/search?max_results=1" : "/api/v1/lineage";
        }

        /** As files write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Reads one tracker of the section {@code trackers:}. */
    static DeclaredTracker of(OperatorFile file, String at, JsonNode json) {
        file.object(json, at, "type", "url", "plainHttp", "key", "user", "password", "pipelines");
        String type = file.text(json, at, "type");
        Type known = null;
        for (Type one : Type.values()) {
            known = one.word().equals(type) ? one : known;
        }
        if (known == null) {
            throw file.wrong(at, "type", "mlflow or openlineage");
        }
        JsonNode plain = json.path("plainHttp");
        if (!plain.isMissingNode() && !plain.isBoolean()) {
            throw file.wrong(at, "plainHttp", "true or false");
        }
        String key = OperatorName.variable(file, json, at, "key", "such as MLFLOW_TRACKING_TOKEN");
        String user = file.text(json, at, "user");
        String password = OperatorName.variable(file, json, at, "password", "such as MLFLOW_TRACKING_PASSWORD");
        if ((user == null) != (password == null) || (key != null && user != null)) {
            throw file.problem(at + ": has either `key:`, or `user:` and `password:`, or none of them");
        }
        if (user != null && !user.matches(USER)) {
            throw file.wrong(at, "user", "the name of a user, without ':'");
        }
        return new DeclaredTracker(
                at.substring(at.lastIndexOf(' ') + 1),
                known,
                url(file, at, file.text(json, at, "url"), plain.asBoolean()),
                key,
                user,
                password,
                OperatorName.pipelines(file, json, at));
    }

    private static URI url(OperatorFile file, String at, @Nullable String text, boolean plain) {
        String example = "https://mlflow.example.com";
        if (plain && text != null && text.startsWith(HTTP)) {
            URI checked = file.address(at, "url", HTTPS + text.substring(HTTP.length()), example);
            return withoutQuery(file, at, HTTP + checked.toString().substring(HTTPS.length()));
        }
        return withoutQuery(file, at, file.address(at, "url", text, example).toString());
    }

    private static URI withoutQuery(OperatorFile file, String at, String url) {
        if (url.contains("?")) {
            throw file.wrong(at, "url", "an address without a query");
        }
        return URI.create(url.replaceAll("/+$", ""));
    }

    /** The names of the variables that hold its secrets. */
    List<String> variables() {
        return key != null ? List.of(key) : password != null ? List.of(password) : List.of();
    }

    /**
     * The value of the header {@code Authorization}; null without one.
     *
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED when a declared variable is not set
     */
    @Nullable
    String authorization(Map<String, String> environment) {
        String what = "tracker '%s'".formatted(name);
        if (key != null) {
            return "Bearer " + OperatorName.secret(environment, key, what).strip();
        }
        if (user == null || password == null) {
            return null;
        }
        String pair =
                user + ":" + OperatorName.secret(environment, password, what).strip();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
