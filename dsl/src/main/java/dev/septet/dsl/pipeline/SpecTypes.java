package dev.septet.dsl.pipeline;

import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.util.List;

/**
 * An extension point for spec records of other jars. List the implementation in
 * {@code META-INF/services/dev.septet.dsl.pipeline.SpecTypes}; JSON and YAML then handle its records like the built-in
 * ones.
 */
public interface SpecTypes {
    /** The records, each with its name under {@code type:}. */
    List<NamedType> types();
}
