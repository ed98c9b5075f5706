package dev.septet.workers.cli;

import picocli.CommandLine.IVersionProvider;

/** The version, from the jar's manifest. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Septet.class.getPackage().getImplementationVersion();
        return new String[] {"septet " + (version == null ? "(built from source)" : version)};
    }
}
