package dev.septet.activities.deploy.publication;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Ollama's description of a model.
 *
 * @see <a href="https://docs.ollama.com/modelfile">Modelfile</a>
 */
final class Modelfile {
    private static final String QUOTES = "\"\"\"";

    private Modelfile() {}

    /**
     * @param folder the model in Hugging Face layout
     * @param gguf name of its GGUF file beside the Modelfile
     */
    static String of(Path folder, String gguf) {
        ModelFolder model = ModelFolder.open(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            String template = model.chatTemplate().isPresent()
                    ? OllamaTemplate.of(ChatTemplate.of(folder), added(tokenizer))
                    : "{{ .Prompt }}";
            StringBuilder text = new StringBuilder("FROM ./" + gguf + "\n");
            text.append("TEMPLATE ")
                    .append(QUOTES)
                    .append(without(QUOTES, template))
                    .append(QUOTES);
            text.append('\n');
            for (String stop : stops(model, tokenizer)) {
                text.append("PARAMETER stop \"").append(without("\"", stop)).append("\"\n");
            }
            return text.toString();
        }
    }

    /** Every text that ends the model's answer. */
    private static Set<String> stops(ModelFolder model, Tokenizer tokenizer) {
        Set<String> stops = new LinkedHashSet<>();
        JsonNode ends = model.generationConfig().path("eos_token_id");
        if (ends.isInt()) {
            stops.add(tokenizer.decode(new int[] {ends.asInt()}, false));
        }
        for (JsonNode end : ends) {
            stops.add(tokenizer.decode(new int[] {end.asInt()}, false));
        }
        stops.add(tokenizer.eosText());
        stops.remove("");
        return stops;
    }

    /** The text that the tokenizer, and therefore Ollama, adds before every text. */
    private static String added(Tokenizer tokenizer) {
        int[] ids = tokenizer.encode("a", true);
        boolean adds = tokenizer.bos().isPresent()
                && ids.length > 0
                && ids[0] == tokenizer.bos().getAsInt();
        return adds ? tokenizer.bosText() : "";
    }

    private static String without(String quotes, String text) {
        if (text.contains(quotes)) {
            throw StageProblem.invalid(
                    "deploy: ollama: a Modelfile cannot hold %s in a template or a stop text; leave".formatted(quotes)
                            + " the ollama target out");
        }
        return text;
    }
}
