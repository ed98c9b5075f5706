package dev.septet.activities.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.chain.ChainEndpoint;
import dev.septet.activities.deploy.chain.RecordedAnswers;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A running vLLM server that loads and unloads adapters.
 *
 * @see <a href="https://docs.vllm.ai/en/latest/features/lora.html">Dynamically serving LoRA adapters</a>
 */
record VllmServer(EndpointClient client) {
    /** A large adapter on a slow disk. */
    private static final Duration LOAD = Duration.ofMinutes(5);

    private static final Duration ANSWER = Duration.ofMinutes(5);
    private static final String DISABLED =
            "deploy: vllm: the server of endpoint '%s' has no /v1/load_lora_adapter; start it with --enable-lora and"
                    + " VLLM_ALLOW_RUNTIME_LORA_UPDATING=True";

    /** Name of the endpoint in the operator's file. */
    String name() {
        return client.endpoint().name();
    }

    /** The path at which the server finds a folder of this host. */
    String seen(Path folder) {
        String seen = client.endpoint().seen(folder);
        if (seen == null) {
            throw new IllegalStateException("the endpoint's folders do not contain " + folder);
        }
        return seen;
    }

    /** The path of each adapter, by its name; of the base model an empty text. */
    Map<String, String> models() {
        try {
            Map<String, String> models = new TreeMap<>();
            for (JsonNode model : client.get("models").path("data")) {
                boolean adapter = model.path("parent").isTextual();
                models.put(
                        model.path("id").asText(), adapter ? model.path("root").asText() : "");
            }
            return models;
        } catch (Failure failure) {
            throw problem(failure, "");
        }
    }

    /** Loads an adapter. One of this name is replaced without a time in which the name is unknown. */
    void load(String name, String path, boolean replaces) {
        try {
            order("load_lora_adapter", name, path, replaces);
        } catch (Failure failure) {
            if (replaces && failure.status() == HttpURLConnection.HTTP_BAD_REQUEST) {
                unload(name); // a server before load_inplace
                load(name, path, false);
                return;
            }
            throw refused(failure, path);
        }
        String loaded = models().get(name);
        if (!path.equals(loaded)) {
            throw new StageProblem(
                    FailureType.BACKEND_FAILED,
                    "deploy: vllm: the server of endpoint '%s' accepted the adapter '%s', but does not list it; is more than one server behind the address?"
                            .formatted(name(), name));
        }
    }

    /** Unloads an adapter. One that is not loaded is no problem. */
    void unload(String name) {
        try {
            client.order(
                    "unload_lora_adapter", SpecJson.mapper().createObjectNode().put("lora_name", name), LOAD);
        } catch (Failure failure) {
            if (!failure.missing() || failure.code().isEmpty()) {
                throw refused(failure, "");
            }
        }
    }

    private void order(String path, String name, String folder, boolean replaces) throws Failure {
        ObjectNode body =
                SpecJson.mapper().createObjectNode().put("lora_name", name).put("lora_path", folder);
        if (replaces) {
            body.put("load_inplace", true);
        }
        client.order(path, body, LOAD);
    }

    /** The server as it answers with an adapter. */
    RecordedAnswers.Server answering(String adapter) {
        return new Adapter(adapter);
    }

    private final class Adapter implements RecordedAnswers.Server {
        private final String name;

        private Adapter(String name) {
            this.name = name;
        }

        @Override
        public ChainEndpoint.Reply answer(List<RecordedAnswers.Turn> turns, @Nullable String text, int maxTokens) {
            ObjectNode body = SpecJson.mapper()
                    .createObjectNode()
                    .put("model", name)
                    .put("temperature", 0)
                    .put("max_tokens", maxTokens);
            if (text == null) {
                ArrayNode messages = body.putArray("messages");
                turns.forEach(
                        turn -> messages.addObject().put("role", turn.role()).put("content", turn.content()));
            } else {
                body.put("prompt", text);
            }
            JsonNode json;
            try {
                json = client.post(text == null ? "chat/completions" : "completions", body, ANSWER);
            } catch (Failure failure) {
                throw problem(failure, "");
            }
            JsonNode choice = json.path("choices").path(0);
            JsonNode given = text == null ? choice.path("message").path("content") : choice.path("text");
            JsonNode tokens = json.path("usage").path("prompt_tokens");
            return new ChainEndpoint.Reply(
                    given.asText(""),
                    choice.path("finish_reason").asText().equals("stop"),
                    tokens.isInt() ? OptionalInt.of(tokens.asInt()) : OptionalInt.empty());
        }

        @Override
        public Optional<double[]> logProbabilities(int[] ids) {
            try {
                return client.endpoint().logprobs()
                        ? Optional.of(EndpointCompletions.of(client, name).logProbabilities(ids))
                        : Optional.empty();
            } catch (Failure failure) {
                throw problem(failure, "");
            }
        }
    }

    /** vLLM answers 500 to an adapter that it cannot load, which waiting does not change. */
    private StageProblem refused(Failure failure, String path) {
        if (failure.status() == HttpURLConnection.HTTP_INTERNAL_ERROR) {
            return problem(
                    failure,
                    "; if the rank is too large, start the server with a larger --max-lora-rank; its base model must be"
                            + " that of `initialize`",
                    FailureType.INVALID_PIPELINE);
        } else if (failure.missing() && failure.code().isEmpty()) {
            return new StageProblem(FailureType.POLICY_DENIED, DISABLED.formatted(name()));
        } else if (failure.missing()) {
            return problem(
                    failure,
                    "; the server does not find %s: mount the folder there, give the server the right to read it (SEPTET_TARGET_MODE=group), or correct `adapters:` in the operator's file"
                            .formatted(path),
                    FailureType.POLICY_DENIED);
        }
        return problem(failure, "");
    }

    private static StageProblem problem(Failure failure, String next) {
        return problem(failure, next, failure.away() ? FailureType.BACKEND_FAILED : FailureType.POLICY_DENIED);
    }

    private static StageProblem problem(Failure failure, String next, FailureType type) {
        return new StageProblem(type, "deploy: vllm: %s%s".formatted(failure.why(), next), failure);
    }
}
