package dev.septet.dsl.reference;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.PipelineSpec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON schema (2020-12) of a spec's JSON and YAML, from the spec's records. */
final class SpecSchema {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Docs docs;
    private final ObjectNode definitions = JSON.createObjectNode();

    SpecSchema(Docs docs) {
        this.docs = docs;
    }

    String write() throws JsonProcessingException {
        ObjectNode root = JSON.createObjectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Septet pipeline spec");
        root.setAll(of(PipelineSpec.class));
        root.set("$defs", definitions);
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private ObjectNode of(Type type) {
        ObjectNode schema = JSON.createObjectNode();
        if (type instanceof ParameterizedType generic) {
            Type item = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            if (generic.getRawType() == Map.class) {
                schema.put("type", "object").set("additionalProperties", of(item));
            } else {
                schema.put("type", "array").set("items", of(item));
            }
            return schema;
        }
        var java = (Class<?>) type;
        if (java == Object.class) { // an option of a jar's word
            schema.putArray("type").add("string").add("number").add("boolean");
            return schema;
        } else if (java == String.class) {
            return schema.put("type", "string");
        } else if (java == Duration.class) {
            return schema.put("type", "string").put("pattern", "^PT?[0-9]");
        } else if (java == boolean.class || java == Boolean.class) {
            return schema.put("type", "boolean");
        } else if (java == double.class || java == Double.class) {
            return schema.put("type", "number");
        } else if (java.isPrimitive() || Number.class.isAssignableFrom(java)) {
            return schema.put("type", "integer");
        } else if (java.isEnum()) {
            ArrayNode names = schema.putArray("enum");
            Arrays.stream(java.getEnumConstants()).forEach(c -> names.add(((Enum<?>) c).name()));
            return schema;
        }
        define(java);
        return schema.put("$ref", "#/$defs/" + java.getSimpleName());
    }

    private void define(Class<?> java) {
        if (definitions.has(java.getSimpleName())) {
            return;
        }
        ObjectNode definition = definitions.putObject(java.getSimpleName());
        definition.put("description", docs.type(java));
        JsonSubTypes kinds = java.getAnnotation(JsonSubTypes.class);
        if (kinds == null) {
            record(java, definition, kindOf(java, java));
            return;
        }
        ArrayNode choices = definition.putArray("oneOf");
        for (JsonSubTypes.Type kind : kinds.value()) {
            ObjectNode choice = choices.addObject();
            choice.put("description", docs.type(kind.value()));
            record(kind.value(), choice, kind.name());
        }
    }

    /** The {@code type} of a record that stands alone and also is one of several choices; empty for other records. */
    private static String kindOf(Class<?> java, Class<?> below) {
        for (Class<?> general : below.getInterfaces()) {
            JsonSubTypes kinds = general.getAnnotation(JsonSubTypes.class);
            String inherited = kinds == null
                    ? kindOf(java, general)
                    : Arrays.stream(kinds.value())
                            .filter(kind -> kind.value().equals(java))
                            .map(JsonSubTypes.Type::name)
                            .findFirst()
                            .orElse("");
            if (!inherited.isEmpty()) {
                return inherited;
            }
        }
        return "";
    }

    /** A list that is written without its brackets when it has one element. */
    private static ObjectNode unwrapped(RecordComponent component, ObjectNode list) {
        JsonFormat format = component.getAccessor().getAnnotation(JsonFormat.class);
        boolean single = format != null
                && List.of(format.with()).contains(JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED);
        if (!single) {
            return list;
        }
        ObjectNode either = JSON.createObjectNode();
        either.putArray("anyOf").add(list.path("items").deepCopy()).add(list);
        return either;
    }

    private void record(Class<?> java, ObjectNode schema, String kind) {
        schema.put("type", "object").put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        if (!kind.isEmpty()) {
            properties.putObject("type").put("const", kind);
            required.add("type");
        }
        for (RecordComponent component : java.getRecordComponents()) {
            ObjectNode property = unwrapped(component, of(component.getGenericType()));
            String meaning = docs.component(java, component.getName());
            if (!meaning.isEmpty()) {
                property.put("description", meaning);
            }
            properties.set(component.getName(), property);
            if (!mayBeLeftOut(component)) {
                required.add(component.getName());
            }
        }
    }

    private static boolean mayBeLeftOut(RecordComponent component) {
        JsonInclude include = component.getAccessor().getAnnotation(JsonInclude.class);
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                || (include != null && include.value() == JsonInclude.Include.NON_EMPTY);
    }
}
