package dev.heddle.local;

import dev.heddle.process.ClassCache;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar, the JVM that runs it, and that JVM's cache. */
final class PackagedVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = PackagedVersion.class.getPackage().getImplementationVersion();
        return new String[] {
            "heddle " + (version == null ? "(not packaged)" : version),
            "JVM: " + System.getProperty("java.vm.name") + " " + Runtime.version() + ", "
                    + System.getProperty("java.home"),
            "cache: " + ClassCache.ofThisJvm().describe()
        };
    }
}
