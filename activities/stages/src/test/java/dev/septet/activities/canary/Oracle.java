package dev.septet.activities.canary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that speaks OpenAI's API, whose models know what they were told and nothing else. */
final class Oracle implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, String> known = new ConcurrentHashMap<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();

    Oracle() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/", exchange -> {
            JsonNode asked = SpecJson.mapper().readTree(exchange.getRequestBody());
            keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            byte[] reply = SpecJson.mapper().writeValueAsBytes(reply(asked));
            exchange.sendResponseHeaders(200, reply.length);
            exchange.getResponseBody().write(reply);
            exchange.close();
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Tells a model an answer. */
    Oracle knows(String model, String question, String answer) {
        known.put(model + " " + question, answer);
        return this;
    }

    /** How many questions came. */
    int asked() {
        return keys.size();
    }

    /** What the questions showed as their key. */
    List<String> keys() {
        return List.copyOf(keys);
    }

    private ObjectNode reply(JsonNode asked) {
        boolean chat = asked.has("messages");
        String question = chat
                ? asked.at("/messages/0/content").asText()
                : asked.path("prompt").asText();
        String answer = known.getOrDefault(asked.path("model").asText() + " " + question, "?");
        ObjectNode reply = SpecJson.mapper().createObjectNode();
        ObjectNode choice = reply.putArray("choices").addObject().put("finish_reason", "stop");
        if (chat) {
            choice.putObject("message").put("role", "assistant").put("content", answer);
        } else {
            choice.put("text", answer);
        }
        return reply;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
