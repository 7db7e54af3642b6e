import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AuthorizationType,
  GatewayResponse,
  type MethodOptions,
  MockIntegration,
  ResponseType,
} from 'aws-cdk-lib/aws-apigateway';
import { ApiDeployment } from '../../infra/constructs/api-deployment.ts';
import { ApiEndpoint } from '../../infra/constructs/api-endpoint.ts';
import { readSettings } from '../../infra/settings/settings.ts';
import { synthesizedDefaults, text } from './synthesized.ts';

const { authority, service } = synthesizedDefaults();

/** Logical ids of the resources of these types. */
const idsOf = (template: Template, ...types: readonly string[]) =>
  types.flatMap((type) => Object.keys(template.findResources(type)));

describe('what outlives the service stack', () => {
  test.each([
    {
      name: 'the API, whose id is in the hostname',
      type: 'AWS::ApiGateway::RestApi',
      id: /^Api[0-9A-F]{8}$/,
    },
    { name: 'the policies that operators have', type: 'AWS::IAM::ManagedPolicy', id: /^ApiRoles/ },
  ])('$name', ({ type, id }) => {
    expect(idsOf(service, type)).toEqual([]);
    const kept = Object.entries(authority.findResources(type)).filter(([name]) => id.test(name));
    expect(kept.length).toBeGreaterThan(0);
    for (const [, resource] of kept)
      expect(resource).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
  });

  test('has names of its own in every Region, since an account has one list of policies', () => {
    const names = Object.values(authority.findResources('AWS::IAM::ManagedPolicy')).map(({ Properties }) =>
      text(Properties.ManagedPolicyName),
    );
    expect(names.sort()).toEqual(
      ['Auditor', 'CaAdmin', 'Revoker', 'ServerTokens', 'TokenIssuer'].map(
        (role) => `fleetseal-fleet-<AWS::Region>-${role}`,
      ),
    );
  });
});

describe('the deployment of the API', () => {
  const deployments = Object.entries(service.findResources('AWS::ApiGateway::Deployment'));
  const [[id, deployment] = ['', {}]] = deployments;

  test('is made after every method and gateway response', () => {
    const parts = idsOf(service, 'AWS::ApiGateway::Method', 'AWS::ApiGateway::GatewayResponse');
    expect(deployments).toHaveLength(1);
    expect(parts.filter((part) => !deployment['DependsOn'].includes(part))).toEqual([]);
  });

  test('is deleted after the stage that uses it', () => {
    const [stage] = Object.values(service.findResources('AWS::ApiGateway::Stage'));
    expect(stage?.['Properties'].DeploymentId).toEqual({ Ref: id });
  });
});

describe('a change makes another deployment', () => {
  interface Content {
    readonly authority?: string;
    readonly method?: MethodOptions;
    readonly status?: string;
    readonly integration?: MockIntegration;
  }
  const deployed = ({ authority: name = 'fleet', method, status = '403', integration }: Content) => {
    const app = new App({ analyticsReporting: false });
    const endpoint = new ApiEndpoint(new Stack(app, 'One'), 'Api', readSettings({ authority: name }));
    const stack = new Stack(app, 'Two');
    const api = endpoint.importInto(stack, 'Api');
    const deployment = new ApiDeployment(stack, 'Deployment', { api, endpoint });
    deployment.include(api.root.addMethod('GET', integration ?? new MockIntegration(), method));
    deployment.include(
      new GatewayResponse(stack, 'Denied', {
        restApi: api,
        type: ResponseType.ACCESS_DENIED,
        statusCode: status,
      }),
    );
    return idsOf(Template.fromStack(stack), 'AWS::ApiGateway::Deployment')[0];
  };

  test('and nothing else does', () => {
    expect(deployed({})).toBe(deployed({}));
  });

  test.each<{ name: string; changed: Content }>([
    { name: 'authorization', changed: { method: { authorizationType: AuthorizationType.IAM } } },
    { name: 'parameters', changed: { method: { requestParameters: { 'method.request.path.id': true } } } },
    { name: 'integration', changed: { integration: new MockIntegration({ requestTemplates: { a: 'b' } }) } },
    { name: 'gateway response', changed: { status: '401' } },
    { name: 'the API itself', changed: { authority: 'other' } },
  ])('$name', ({ changed }) => {
    expect(deployed(changed)).not.toBe(deployed({}));
  });

  test('only methods and gateway responses are parts', () => {
    const stack = new Stack();
    const endpoint = new ApiEndpoint(stack, 'Api', readSettings({ authority: 'fleet' }));
    const api = endpoint.importInto(stack, 'Imported');
    const deployment = new ApiDeployment(stack, 'Deployment', { api, endpoint });
    expect(() => deployment.include(endpoint)).toThrow('is neither a method nor a gateway response');
  });
});
