import { dropDeployedData } from './deployed-data.ts';

// biome-ignore lint/style/noDefaultExport: jest wants it
export default dropDeployedData;
