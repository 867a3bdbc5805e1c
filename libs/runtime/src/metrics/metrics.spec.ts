import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { eventually } from '@vaultstream/testing';
import { createGate } from '../../test/gate.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Public } from '../auth/auth.decorators.ts';
import { IdParam } from '../validation/id.decorators.ts';
import { metricCatalog } from './metric-catalog.ts';
import { Metrics } from './metrics.ts';

@Public()
@Controller('things')
class ThingsController {
  @Get(':id')
  one(@IdParam() id: number) {
    return { id };
  }
}

describe('metrics', () => {
  let test: TestApp;
  let metrics: Metrics;
  beforeAll(async () => {
    test = await startTestApp({ controllers: [ThingsController] });
    metrics = test.app.get(Metrics);
  });
  afterAll(() => test.app.close());

  const scrape = async () => (await test.app.inject('/metrics')).body;

  it('are Prometheus text with the defaults of the process', async () => {
    const answer = await test.app.inject('/metrics');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=/);
    expect(answer.body).toContain('process_cpu_seconds_total');
    expect(answer.body).toContain('nodejs_eventloop_lag_seconds');
  });

  it('P1: tell how long the event loop was kept from its work', async () => {
    const delays = async () => {
      const body = await scrape();
      const count = /^vaultstream_event_loop_delay_seconds_count(?:\{[^}]*\})? (\d+)$/m.exec(body)?.[1];
      const below = /^vaultstream_event_loop_delay_seconds_bucket\{le="0\.25"[^}]*\} (\d+)$/m.exec(body)?.[1];
      return { count: Number(count), long: Number(count) - Number(below) };
    };
    await eventually(async () => (await delays()).count > 0);
    const before = await delays();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
    await eventually(async () => (await delays()).long > before.long);
  });

  it('time each request by method, route pattern and status, and never by its address', async () => {
    for (const id of ['123456', '654321', 'junk-junk']) await test.app.inject(`/api/v1/things/${id}?q=query-canary`);
    await test.app.inject('/path-canary');
    await test.app.inject('/%zz');
    const text = await scrape();
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/api/v1/things/:id",status="200"} 2',
    );
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/api/v1/things/:id",status="400"} 1',
    );
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1');
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="unmatched",status="400"} 1');
    expect(text).not.toMatch(/123456|junk|canary/);
  });

  it('give the same metric to everyone who asks for it', async () => {
    metrics.counter('vaultstream_pushes_total').inc({ kind: 'webhook', outcome: 'sent' });
    metrics.counter('vaultstream_pushes_total').inc({ kind: 'webhook', outcome: 'sent' });
    metrics.histogram('vaultstream_task_wait_seconds').observe({ queue: 'parse' }, 0.2);
    const text = await scrape();
    expect(text).toContain('vaultstream_pushes_total{kind="webhook",outcome="sent"} 2');
    expect(text).toContain('vaultstream_task_wait_seconds_bucket{le="0.25",queue="parse"} 1');
  });

  it('run collectors before a scrape, and do without one that fails', async () => {
    let depth = 3;
    metrics.onCollect('queue', async () => {
      metrics.gauge('vaultstream_broker_up').set({ broker: 'test' }, depth);
    });
    metrics.onCollect('broken', () => Promise.reject(new Error('no database')));
    expect(await scrape()).toContain('vaultstream_broker_up{broker="test"} 3');
    depth = 4;
    expect(await scrape()).toContain('vaultstream_broker_up{broker="test"} 4');
    expect(test.lines().find(({ collector }) => collector === 'broken')).toMatchObject({ level: 'warn' });
    expect(await scrape()).toContain('vaultstream_collect_failures_total{collector="broken"}');
    expect(await scrape()).toContain('vaultstream_collect_failures_total{collector="queue"} 0');
    metrics.onCollect('broken', () => undefined);
  });

  it('make series exist before their first event, every combination once', async () => {
    metrics.zero('vaultstream_scrub_blobs_total', { outcome: ['ok', 'corrupt'] });
    metrics.counter('vaultstream_scrub_blobs_total').inc({ outcome: 'ok' });
    metrics.zero('vaultstream_scrub_blobs_total', { outcome: ['ok', 'missing'] });
    metrics.zero('vaultstream_parse_total', { platform: ['x', 'web'], outcome: ['error'], error_type: ['A', 'B'] });
    metrics.zero('vaultstream_parse_duration_seconds', { platform: ['x'] });
    const text = await scrape();
    const values = [...text.matchAll(/^vaultstream_(?:scrub_blobs|parse)_total.*$/gm)].map(([line]) => line);
    expect(values.sort()).toEqual([
      'vaultstream_parse_total{platform="web",outcome="error",error_type="A"} 0',
      'vaultstream_parse_total{platform="web",outcome="error",error_type="B"} 0',
      'vaultstream_parse_total{platform="x",outcome="error",error_type="A"} 0',
      'vaultstream_parse_total{platform="x",outcome="error",error_type="B"} 0',
      'vaultstream_scrub_blobs_total{outcome="corrupt"} 0',
      'vaultstream_scrub_blobs_total{outcome="missing"} 0',
      'vaultstream_scrub_blobs_total{outcome="ok"} 1',
    ]);
    expect(text).toContain('vaultstream_parse_duration_seconds_count{platform="x"} 0');
  });

  it('share one run of the collectors among scrapes at the same time', async () => {
    const gate = createGate();
    let runs = 0;
    metrics.onCollect('slow', async () => {
      runs++;
      await gate.passed;
    });
    const scrapes = [metrics.render(), metrics.render(), metrics.render()];
    gate.open();
    await Promise.all(scrapes);
    expect(runs).toBe(1);
  });

  it('carry the names and labels of the HTTP API document', () => {
    expect(Object.entries(metricCatalog).map(([name, { labels }]) => `${name}{${labels.join(',')}}`)).toEqual([
      'vaultstream_build_info{version,revision,node,service}',
      'vaultstream_leader{role}',
      'vaultstream_collect_failures_total{collector}',
      'vaultstream_tasks_total{queue,task,outcome}',
      'vaultstream_task_duration_seconds{queue,task}',
      'vaultstream_task_wait_seconds{queue}',
      'vaultstream_broker_up{broker}',
      'vaultstream_contents_created_total{platform}',
      'vaultstream_parse_total{platform,outcome,error_type}',
      'vaultstream_parse_duration_seconds{platform}',
      'vaultstream_feed_polls_total{outcome}',
      'vaultstream_media_total{outcome}',
      'vaultstream_blob_dedupe_total{}',
      'vaultstream_blobs_damaged_total{reason}',
      'vaultstream_scrub_blobs_total{outcome}',
      'vaultstream_scrub_bytes_total{}',
      'vaultstream_pushes_total{kind,outcome}',
      'vaultstream_uploads_pending{}',
      'vaultstream_db_pool_connections{state}',
      'vaultstream_db_query_duration_seconds{operation}',
      'vaultstream_db_slow_queries_total{}',
      'vaultstream_storage_request_duration_seconds{backend,operation,outcome}',
      'vaultstream_disk_free_bytes{volume}',
      'vaultstream_disk_size_bytes{volume}',
      'vaultstream_disk_io_bytes_total{direction}',
      'vaultstream_network_bytes_total{direction}',
      'vaultstream_memory_limit_bytes{}',
      'vaultstream_cpu_cores{}',
      'vaultstream_log_lines_lost_total{}',
      'vaultstream_event_loop_delay_seconds{}',
      'vaultstream_trace_export_failures_total{}',
      'http_request_duration_seconds{method,route,status}',
      'vaultstream_queue_depth{queue,state}',
      'vaultstream_queue_oldest_seconds{queue}',
      'vaultstream_dead_letters{queue}',
      'vaultstream_dead_letter_kinds{queue}',
      'vaultstream_schedule_last_run_timestamp_seconds{schedule}',
      'vaultstream_schedule_overdue_seconds{schedule}',
      'vaultstream_contents{platform,status}',
      'vaultstream_contents_last_day{platform}',
      'vaultstream_platform_up{platform}',
      'vaultstream_platform_circuit{platform}',
      'vaultstream_feeds{state}',
      'vaultstream_blobs{}',
      'vaultstream_blob_bytes{}',
      'vaultstream_damaged_blobs{}',
      'vaultstream_orphans{}',
      'vaultstream_scrub_last_success_timestamp_seconds{}',
      'vaultstream_backup_last_success_timestamp_seconds{}',
      'vaultstream_push_backlog{target}',
      'vaultstream_push_oldest_seconds{target}',
      'vaultstream_target_deliveries_last_day{target,state}',
      'vaultstream_open_deliveries{state}',
      'vaultstream_targets{kind,state}',
      'vaultstream_active_tokens{window}',
      'vaultstream_db_connections{state}',
      'vaultstream_db_max_connections{}',
      'vaultstream_db_size_bytes{}',
      'vaultstream_db_table_bytes{table}',
      'vaultstream_db_table_rows{table}',
    ]);
  });
});
