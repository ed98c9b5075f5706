package dev.septet.dsl.spec;

import com.fasterxml.jackson.core.JsonProcessingException;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** sha256 over a record's canonical JSON: equal meaning, equal digest. */
public final class SpecDigest {
    private SpecDigest() {}

    /** 64 hexadecimal digits. */
    public static String of(Object record) {
        try {
            byte[] json = SpecJson.mapper().writeValueAsBytes(record);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + record, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
