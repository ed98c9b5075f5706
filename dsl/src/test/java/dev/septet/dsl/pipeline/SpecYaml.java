package dev.septet.dsl.pipeline;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.util.Locale;
import org.yaml.snakeyaml.LoaderOptions;

/** Specs as YAML, for people, golden files and reviews, with the rules of {@link SpecJson}. */
public final class SpecYaml {
    /** The largest number of characters that {@link #read} accepts. */
    private static final int MAX_CHARACTERS = 1 << 20;

    private static final int MAX_DEPTH = 32;

    private static final JsonMapper MAPPER = SpecJson.over(factory())
            .rebuild()
            .addModule(new SimpleModule().addSerializer(String.class, new Texts()))
            .build();

    private SpecYaml() {}

    /** The record as YAML, its properties sorted by name. */
    public static String write(Object record) {
        try {
            return MAPPER.writeValueAsString(record);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as YAML: " + record, e);
        }
    }

    /**
     * Parses a pipeline from YAML. Rejects aliases, tags, repeated keys, and more depth or length than a spec needs.
     *
     * @throws IllegalArgumentException when the text is not YAML, or not a valid pipeline; the message names the line
     */
    public static PipelineSpec read(String yaml) {
        try {
            return MAPPER.readValue(yaml, PipelineSpec.class);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            String place = at == null ? "" : String.format(Locale.ROOT, "line %d: ", at.getLineNr());
            throw new IllegalArgumentException("this YAML is not a pipeline: " + place + e.getOriginalMessage(), e);
        }
    }

    private static YAMLFactory factory() {
        var options = new LoaderOptions();
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        return YAMLFactory.builder()
                .loaderOptions(options)
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.USE_NATIVE_TYPE_ID)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .build();
    }

    /**
     * Writes texts with as few quotes as YAML allows, except texts with characters that its writer would fold like line
     * ends.
     */
    private static final class Texts extends StdScalarSerializer<String> {
        private static final long serialVersionUID = 1;

        Texts() {
            super(String.class);
        }

        @Override
        public void serialize(String text, JsonGenerator generator, SerializerProvider provider) throws IOException {
            boolean folds = text.chars().anyMatch(c -> c == 0x85 || c == 0x2028 || c == 0x2029);
            if (folds && generator instanceof YAMLGenerator yaml) {
                yaml.disable(YAMLGenerator.Feature.MINIMIZE_QUOTES);
                yaml.writeString(text);
                yaml.enable(YAMLGenerator.Feature.MINIMIZE_QUOTES);
            } else {
                generator.writeString(text);
            }
        }
    }
}
