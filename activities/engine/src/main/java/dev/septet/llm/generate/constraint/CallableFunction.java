package dev.septet.llm.generate.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A function that a model may call.
 *
 * @param parameters JSON schema of its arguments; null for no arguments
 * @param strict whether parameters that are not supported are refused; otherwise they allow any
 *     object
 * @param pointer JSON pointer of the parameters, for problems
 */
public record CallableFunction(String name, @Nullable JsonNode parameters, boolean strict, String pointer) {}
