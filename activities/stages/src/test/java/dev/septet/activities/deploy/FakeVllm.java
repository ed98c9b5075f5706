package dev.septet.activities.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stand-in for a running vLLM: it loads adapters, and answers with the engine. Its statuses and messages are those of
 * vLLM 0.32.0, which {@code VllmProgramTest} runs.
 */
final class FakeVllm implements AutoCloseable {
    private static final String NOT_FOUND = "NotFoundError";
    private static final String BAD_INPUT = "InvalidUserInput";

    /** The server's adapters: the path of each, by its name. */
    final Map<String, String> adapters = new TreeMap<>();

    private final Map<String, Path> weights = new TreeMap<>();
    /** Answers by the weights and the prompt: tests share them. */
    private static final Map<String, JsonNode> ANSWERS = new ConcurrentHashMap<>();

    private final Path base;
    private final HttpServer server;

    /** Whether adapters may be loaded at run time. */
    boolean updating = true;

    /** Whether the server knows {@code load_inplace}. */
    boolean inPlace = true;

    /** Whether adapters change nothing. */
    boolean ignoring;

    int maxRank = 16;

    /** Path that the server sees, and the path here. */
    Map.Entry<String, String> mounted = Map.entry("/", "/");

    /** The number of requests after which the client is dead; negative = never. */
    int dies = -1;

    /** Whether the last request before the client's death has its effect. */
    boolean arrives;

    int requests;

    FakeVllm(Path base) throws IOException {
        this.base = base;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    /** The environment of a worker whose operator lets this server load adapters. */
    Map<String, String> environment(Path folder, String adapters) throws IOException {
        Path file = Files.writeString(
                folder.resolve("trainers.yaml"),
                String.format(
                        Locale.ROOT,
                        "endpoints: {cluster: {url: 'http://127.0.0.1:%d/v1', models: [base-model], logprobs: true, adapters: {%s}}}\n",
                        server.getAddress().getPort(),
                        adapters));
        return Map.of("SEPTET_TRAINERS", file.toString());
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        boolean dead = dies >= 0 && requests >= dies;
        boolean last = dies >= 0 && requests == dies;
        requests++;
        JsonNode body = SpecJson.mapper().readTree(exchange.getRequestBody());
        if (dead && !(last && arrives)) {
            send(exchange, 403, error("PermissionDenied", "killed by the test", 403));
            return;
        }
        Answer answer = answer(exchange.getRequestURI().getPath(), body);
        if (dead) {
            send(exchange, 403, error("PermissionDenied", "killed by the test", 403));
        } else {
            send(exchange, answer.status(), answer.body());
        }
    }

    private record Answer(int status, String body) {}

    private Answer answer(String path, JsonNode body) throws IOException {
        return switch (path) {
            case "/v1/models" -> new Answer(200, models());
            case "/v1/load_lora_adapter" -> updating ? load(body) : new Answer(404, "{\"detail\":\"Not Found\"}");
            case "/v1/unload_lora_adapter" -> updating ? unload(body) : new Answer(404, "{\"detail\":\"Not Found\"}");
            case "/v1/chat/completions", "/v1/completions" -> completions(body);
            default -> new Answer(404, "{\"detail\":\"Not Found\"}");
        };
    }

    private String models() {
        ObjectNode json = SpecJson.mapper().createObjectNode().put("object", "list");
        ArrayNode data = json.putArray("data");
        data.addObject().put("id", "base-model").put("root", base.toString()).putNull("parent");
        adapters.forEach((name, root) ->
                data.addObject().put("id", name).put("root", root).put("parent", "base-model"));
        return json.toString();
    }

    private Answer load(JsonNode body) {
        String name = body.path("lora_name").asText();
        String path = body.path("lora_path").asText();
        boolean replaces = inPlace && body.path("load_inplace").asBoolean();
        if (name.equals("base-model")) {
            return refusal(400, BAD_INPUT, "The lora adapter '%s' conflicts with a served base model.".formatted(name));
        } else if (!replaces && adapters.containsKey(name)) {
            return refusal(400, BAD_INPUT, "The lora adapter '%s' has already been loaded.".formatted(name));
        }
        Path here = Path.of(path.replaceFirst("^" + mounted.getKey(), mounted.getValue()));
        if (!path.startsWith(mounted.getKey()) || !Files.exists(here.resolve("adapter_config.json"))) {
            return refusal(404, NOT_FOUND, "Loading lora %s failed: No adapter found for %s".formatted(name, path));
        }
        int rank = PeftAdapter.open(here).config().rank();
        if (rank > maxRank) {
            return refusal(
                    500,
                    "InternalServerError",
                    String.format(Locale.ROOT, "LoRA rank %d is greater than max_lora_rank %d.", rank, maxRank));
        }
        adapters.put(name, path);
        weights.put(name, here);
        return new Answer(200, "Success: LoRA adapter '%s' added successfully.".formatted(name));
    }

    private Answer unload(JsonNode body) {
        String name = body.path("lora_name").asText();
        if (adapters.remove(name) == null) {
            return refusal(404, NOT_FOUND, "The lora adapter '%s' cannot be found.".formatted(name));
        }
        return new Answer(200, "Success: LoRA adapter '%s' removed successfully.".formatted(name));
    }

    private Answer completions(JsonNode body) throws IOException {
        String name = body.path("model").asText();
        Path adapter = weights.get(name);
        if (!adapters.containsKey(name) || adapter == null) {
            return refusal(404, NOT_FOUND, "The model `%s` does not exist.".formatted(name));
        }
        String digest = Sha256.of(Files.readAllBytes(adapter.resolve("adapter_model.safetensors")));
        String asked = (ignoring ? "" : digest) + body.path("messages") + body.path("prompt");
        JsonNode known = ANSWERS.get(asked);
        if (known == null) {
            try (LanguageModel model = LanguageModel.open(
                            base, ComputePrecision.FLOAT32, ignoring ? Optional.empty() : Optional.of(adapter));
                    Tokenizer tokenizer = Tokenizer.open(base)) {
                known = body.has("prompt") ? echo(model, body) : chat(model, tokenizer, body);
            }
            ANSWERS.put(asked, known);
        }
        return new Answer(
                200, ((ObjectNode) known.deepCopy()).put("model", name).toString());
    }

    private JsonNode chat(LanguageModel model, Tokenizer tokenizer, JsonNode body) {
        List<ChatMessage> messages = new ArrayList<>();
        body.path("messages")
                .forEach(turn -> messages.add(new ChatMessage(
                        turn.path("role").asText(), turn.path("content").asText())));
        int[] prompt = new ChatEncoder(ChatTemplate.of(base), tokenizer).prompt(messages);
        Generated answer = new Generator(model, tokenizer, 4)
                .generate(
                        List.of(prompt),
                        GenerationOptions.greedy(body.path("max_tokens").asInt(), StopIds.of(base, tokenizer)))
                .get(0);
        ObjectNode json = SpecJson.mapper().createObjectNode();
        ObjectNode choice = json.putArray("choices").addObject();
        choice.putObject("message").put("role", "assistant").put("content", answer.text());
        choice.put("finish_reason", answer.reason() == FinishReason.STOP ? "stop" : "length");
        json.putObject("usage").put("prompt_tokens", prompt.length);
        return json;
    }

    private static JsonNode echo(LanguageModel model, JsonNode body) {
        int[] ids = new int[body.path("prompt").size()];
        for (int at = 0; at < ids.length; at++) {
            ids[at] = body.path("prompt").get(at).asInt();
        }
        float[][] logits = model.logits(ids);
        ObjectNode json = SpecJson.mapper().createObjectNode();
        ObjectNode choice = json.putArray("choices").addObject().put("text", "");
        ArrayNode logs = choice.putObject("logprobs").putArray("token_logprobs").addNull();
        for (int at = 1; at < ids.length; at++) {
            double sum = 0;
            for (float logit : logits[at - 1]) {
                sum += Math.exp(logit);
            }
            logs.add(logits[at - 1][ids[at]] - Math.log(sum));
        }
        return json;
    }

    private static Answer refusal(int status, String type, String message) {
        return new Answer(status, error(type, message, status));
    }

    private static String error(String type, String message, int code) {
        ObjectNode json = SpecJson.mapper().createObjectNode();
        json.putObject("error")
                .put("message", message)
                .put("type", type)
                .putNull("param")
                .put("code", code);
        return json.toString();
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
