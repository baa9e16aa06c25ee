package dev.herald.server.caller;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts clients whose certificates are from one of its authorities, which may be replaced while the server runs. Names no
 * issuer to clients: the names would be those of the start, and a client whose certificate is from an authority that came later
 * would show none. Trusts no server. Thread-safe.
 */
final class ClientAuthorities extends X509ExtendedTrustManager {
    private volatile X509ExtendedTrustManager present;

    ClientAuthorities(X509Certificate[] authorities) throws GeneralSecurityException, IOException {
        this.present = trustIn(authorities);
    }

    /** From now on these count and no others. */
    void replace(X509Certificate[] authorities) throws GeneralSecurityException, IOException {
        present = trustIn(authorities);
    }

    /** Those that count now. Another object after each replacement: what an earlier one found has to be looked at again. */
    X509ExtendedTrustManager present() {
        return present;
    }

    private static X509ExtendedTrustManager trustIn(X509Certificate[] authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < authorities.length; i++) {
            store.setCertificateEntry(Integer.toString(i), authorities[i]);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        TrustManager[] managers = factory.getTrustManagers();
        return Arrays.stream(managers)
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("this Java can't check certificates"));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        present.checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        present.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        present.checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw noServer();
    }

    private static CertificateException noServer() {
        return new CertificateException("these are authorities of clients");
    }
}
