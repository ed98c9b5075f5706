package dev.septet.dsl.vocabulary.value;

import dev.septet.dsl.pipeline.SecretRef;
import org.jspecify.annotations.Nullable;

/**
 * The address that messages are sent to: written in the file, or kept in a secret.
 *
 * @param url null when the address is a secret
 * @param secret null when the address is in the file
 */
public record Address(@Nullable String url, @Nullable SecretRef secret) {}
