package dev.septet.activities.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.Pair;
import de.kherud.llama.args.CacheType;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Real llama.cpp behind OpenAI's API: the file's own template rendered by llama.cpp, the file's own
 * tokens, the file's own stop tokens. The independent judge of a GGUF.
 */
final class LlamaEndpoint implements AutoCloseable {
    private final LlamaModel model;
    private final HttpServer server;

    LlamaEndpoint(Path gguf) throws IOException {
        model = new LlamaModel(new ModelParameters()
                .setModel(gguf.toString())
                .setCtxSize(512)
                .setThreads(1)
                .setThreadsBatch(1)
                .setCacheTypeK(CacheType.F32)
                .setCacheTypeV(CacheType.F32)
                .setGpuLayers(0)
                .enableJinja()
                .disableLog());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode asked = SpecJson.mapper().readTree(exchange.getRequestBody());
        String system = "";
        List<Pair<String, String>> messages = new ArrayList<>();
        for (JsonNode message : asked.path("messages")) {
            if (message.path("role").asText().equals("system")) {
                system = message.path("content").asText();
            } else {
                messages.add(new Pair<>(
                        message.path("role").asText(), message.path("content").asText()));
            }
        }
        String prompt = model.applyTemplate(new InferenceParameters("").setMessages(system, messages));
        int max = asked.path("max_tokens").asInt();
        StringBuilder text = new StringBuilder();
        int tokens = 0;
        for (LlamaOutput piece : model.generate(new InferenceParameters(prompt)
                .setTemperature(0)
                .setCachePrompt(false)
                .setNPredict(max))) {
            text.append(piece.text);
            tokens++;
        }
        ObjectNode reply = SpecJson.mapper().createObjectNode();
        ObjectNode choice = reply.putArray("choices").addObject();
        choice.putObject("message").put("role", "assistant").put("content", text.toString());
        choice.put("finish_reason", tokens < max ? "stop" : "length");
        reply.putObject("usage").put("prompt_tokens", model.encode(prompt).length);
        byte[] body = SpecJson.mapper().writeValueAsBytes(reply);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        model.close();
    }
}
