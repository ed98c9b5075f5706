package dev.septet.workers.serve.model;

import java.util.Locale;

/** In which part a model answered. */
public enum Arm {
    /** The version that a pipeline has published. */
    CHAMPION,
    /** The version that is tried on a share of the requests. */
    CHALLENGER,
    /** A version, base model or file that the request named itself. */
    NAMED;

    /** As headers and the audit log write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
