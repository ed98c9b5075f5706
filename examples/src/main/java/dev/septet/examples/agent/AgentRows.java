package dev.septet.examples.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.examples.world.Device;
import dev.septet.examples.world.Draw;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Conversations of a shop's assistant that looks up orders and whether a shop is open. Every second one ends with the call of a
 * tool; in the others, the tool's result and the answer follow.
 */
final class AgentRows {
    private static final double SMALL_TALK = 0.12;

    private static final List<String> ORDER_QUESTIONS = List.of(
            "Where is my %s?",
            "Has my %s been sent?",
            "I am waiting for my %s.",
            "What happened to my %s?",
            "My %s is not here yet.",
            "When will I get the %s?");

    /** States of an order, and the answers. */
    private static final List<List<String>> STATES = List.of(
            List.of("sent", "Your %s is on its way."),
            List.of("packed", "Your %s is packed."),
            List.of("unknown", "I do not find your order."));

    private static final List<String> SHOP_QUESTIONS = List.of(
            "Is the shop in %s open on %s?",
            "Do you open your shop in %s on %s?", "Can I come to %s on %s?", "I want to visit the shop in %s on %s.");

    private static final List<String> TOWNS = List.of("Elmford", "Ashby", "Larkfield", "Harrow Hill");
    private static final List<String> DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

    private static final List<List<String>> SMALL_TALKS =
            List.of(List.of("Thank you.", "You are welcome."), List.of("Goodbye.", "Goodbye, and have a good day."));

    private static final Map<String, List<String>> TOOLS =
            new TreeMap<>(Map.of("find_order", List.of("product"), "is_open", List.of("town", "day")));

    private final long seed;

    AgentRows(long seed) {
        this.seed = seed;
    }

    /**
     * A question with its tool.
     *
     * @param result of the tool
     */
    private record Turn(String question, String tool, ObjectNode arguments, ObjectNode result, String answer) {}

    /** Lines about orders in the shape of ShareGPT. */
    List<String> orders(int count) {
        List<String> lines = new ArrayList<>();
        for (long number = 0; lines.size() < count; number++) {
            lines.add(shareGpt(order(Draw.of(seed, "orders", number)), number % 2 == 0));
        }
        return lines;
    }

    /** Lines about shops in the shape of OpenAI's API, some of them without a call. */
    List<String> shops(int count) {
        List<String> lines = new ArrayList<>();
        for (long number = 0; lines.size() < count; number++) {
            Draw draw = Draw.of(seed, "shops", number);
            lines.add(draw.chance(SMALL_TALK) ? smallTalk(draw) : openAi(shop(draw), number));
        }
        return lines;
    }

    private static Turn order(Draw draw) {
        String product = draw.pick(Device.ALL).kind();
        List<String> state = draw.pick(STATES);
        return new Turn(
                draw.pick(ORDER_QUESTIONS).formatted(product),
                "find_order",
                object().put("product", product),
                object().put("state", state.get(0)),
                state.get(1).formatted(product));
    }

    private static Turn shop(Draw draw) {
        String town = draw.pick(TOWNS);
        String day = draw.pick(DAYS);
        boolean open = draw.chance(0.6);
        return new Turn(
                draw.pick(SHOP_QUESTIONS).formatted(town, day),
                "is_open",
                object().put("town", town).put("day", day),
                object().put("open", open),
                open ? "Yes, we are open on that day." : "No, we are closed on that day.");
    }

    private static String shareGpt(Turn turn, boolean whole) {
        ObjectNode row = object();
        ArrayNode turns = row.putArray("conversations");
        said(turns, "human", turn.question());
        ObjectNode call = object().put("name", turn.tool());
        call.set("arguments", turn.arguments());
        said(turns, "function_call", call.toString());
        if (whole) {
            said(turns, "observation", turn.result().toString());
            said(turns, "gpt", turn.answer());
        }
        return row.put("tools", functions().toString()).toString();
    }

    private static void said(ArrayNode turns, String from, String value) {
        turns.addObject().put("from", from).put("value", value);
    }

    private static String openAi(Turn turn, long number) {
        ObjectNode row = object();
        ArrayNode messages = row.putArray("messages");
        messages.addObject().put("role", "user").put("content", turn.question());
        String id = String.format(Locale.ROOT, "call_%05d", number);
        messages.addObject()
                .put("role", "assistant")
                .putNull("content")
                .putArray("tool_calls")
                .addObject()
                .put("id", id)
                .put("type", "function")
                .putObject("function")
                .put("name", turn.tool())
                .put("arguments", turn.arguments().toString());
        if (number % 2 == 0) {
            messages.addObject()
                    .put("role", "tool")
                    .put("tool_call_id", id)
                    .put("content", turn.result().toString());
            messages.addObject().put("role", "assistant").put("content", turn.answer());
        }
        row.set("tools", tools());
        return row.toString();
    }

    private static String smallTalk(Draw draw) {
        List<String> talk = draw.pick(SMALL_TALKS);
        ObjectNode row = object();
        ArrayNode messages = row.putArray("messages");
        messages.addObject().put("role", "user").put("content", talk.get(0));
        messages.addObject().put("role", "assistant").put("content", talk.get(1));
        row.set("tools", tools());
        return row.toString();
    }

    /** The tools as OpenAI's API has them. */
    private static ArrayNode tools() {
        ArrayNode tools = SpecJson.mapper().createArrayNode();
        functions()
                .forEach(function -> tools.addObject().put("type", "function").set("function", function));
        return tools;
    }

    /** The tools as files in the shape of ShareGPT have them. */
    private static ArrayNode functions() {
        ArrayNode functions = SpecJson.mapper().createArrayNode();
        TOOLS.forEach((name, arguments) -> {
            ObjectNode parameters = functions.addObject().put("name", name).putObject("parameters");
            ObjectNode properties = parameters.put("type", "object").putObject("properties");
            arguments.forEach(argument -> properties.putObject(argument).put("type", "string"));
            arguments.forEach(parameters.putArray("required")::add);
        });
        return functions;
    }

    private static ObjectNode object() {
        return SpecJson.mapper().createObjectNode();
    }
}
