import { App } from 'aws-cdk-lib';
import { CertificateAuthority } from 'fleetseal';

const app = new App({ outdir: 'cdk.out' });
new CertificateAuthority(app, 'Default', { authority: 'fleet' });
app.synth();
