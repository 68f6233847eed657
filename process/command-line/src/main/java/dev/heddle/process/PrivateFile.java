package dev.heddle.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file that a command writes and only its owner can read; under its own name it is either complete or absent. It is
 * written to a temporary file beside it, which {@link #keep()} moves into place and {@link #close()} otherwise deletes.
 * Anything but a regular file, such as a pipe, is written directly. For one thread.
 */
public final class PrivateFile implements AutoCloseable {
    private final Path place;
    private final Path written;
    private final OutputStream out;

    private PrivateFile(Path place, Path written, OutputStream out) {
        this.place = place;
        this.written = written;
        this.out = out;
    }

    /** Opens a file for writing; {@link #keep()} replaces an earlier file of this name. */
    public static PrivateFile replacing(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return new PrivateFile(file, file, Files.newOutputStream(file));
        }
        Path place = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path directory = place.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new FileSystemException(file.toString(), null, "there is no such directory");
        }
        Path written =
                Files.createTempFile(directory, "." + place.getFileName() + ".", ".part", permissions(directory));
        return new PrivateFile(place, written, Files.newOutputStream(written));
    }

    /** Writes a complete file; fails if it exists. */
    public static void create(Path file, byte[] content) throws IOException {
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        try (PrivateFile made = replacing(file)) {
            made.out().write(content);
            made.out().close();
            // Fails if the file has come into being meanwhile.
            Files.createLink(made.place, made.written);
        } catch (UnsupportedOperationException e) {
            // A file system without links: the file is not whole for a moment.
            Files.createFile(file, permissions(file));
            Files.write(file, content);
        }
    }

    /** Writes a complete file, which replaces an earlier one. */
    public static void write(Path file, byte[] content) throws IOException {
        try (PrivateFile made = replacing(file)) {
            made.out().write(content);
            made.keep();
        }
    }

    private static FileAttribute<?>[] permissions(Path at) {
        return at.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /** The stream to write into; this object closes it. */
    public OutputStream out() {
        return out;
    }

    /** Completes the file and moves it into place. */
    public void keep() throws IOException {
        out.close();
        if (!written.equals(place)) {
            Files.move(written, place, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Deletes a file that was not kept. */
    @Override
    public void close() throws IOException {
        out.close();
        if (!written.equals(place)) {
            Files.deleteIfExists(written);
        }
    }
}
