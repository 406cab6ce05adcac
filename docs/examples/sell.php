<?php
// Sell through Tillbridge from PHP 8, without extensions.
//
//     TILLBRIDGE_URL=http://127.0.0.1:47811 TILLBRIDGE_TOKEN=... php sell.php till-1
//
// Exits with 0 when the receipt is out, 1 when it surely is not, 3 when that is not known yet.

declare(strict_types=1);

/** Status and JSON of one request; null where the connection broke: then nothing is known, ask again. */
function call(string $method, string $path, ?array $body = null, array $headers = []): ?array
{
    $headers += [
        'Authorization' => 'Bearer ' . getenv('TILLBRIDGE_TOKEN'),
        'Content-Type' => 'application/json',
        'Prefer' => 'wait=30',
    ];
    $lines = array_map(fn ($name, $value) => "$name: $value", array_keys($headers), $headers);
    $options = ['method' => $method, 'header' => $lines, 'ignore_errors' => true, 'timeout' => 60];
    if ($body !== null) {
        $options['content'] = json_encode($body ?: new stdClass(), JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
    }
    $answer = @file_get_contents(getenv('TILLBRIDGE_URL') . '/api/v1' . $path, false, stream_context_create(['http' => $options]));
    if ($answer === false || empty($http_response_header)) {
        return null;
    }
    return [(int) explode(' ', $http_response_header[0])[1], json_decode($answer, true, 64, JSON_THROW_ON_ERROR)];
}

/** One document, exactly once: the key is made before the first try, and every further try carries the same one. */
function submit(string $device, array $operation): array
{
    $key = bin2hex(random_bytes(16)); // a real till keeps it with the sale, before it sends anything
    for (;;) {
        $answer = call('POST', "/devices/$device/jobs", $operation, ['Idempotency-Key' => $key]);
        if ($answer !== null && $answer[0] !== 503) { // 503: it starts, stops or cannot write; nothing was stored
            return $answer;
        }
        echo "no answer; asking again under the same key\n";
        sleep(1);
    }
}

/** Wait until the job is final, telling why it waits; null where a person must decide. */
function finish(array $job): ?array
{
    while (!in_array($job['state'], ['done', 'failed'], true)) {
        if ($job['attention'] !== null) {
            echo "waits: {$job['attention']['text']}\n";
            if ($job['attention']['code'] === 'resolve') {
                return null;
            }
        }
        $answer = call('GET', "/jobs/{$job['id']}");
        if ($answer === null) {
            sleep(1);
        } else {
            $job = $answer[1];
        }
    }
    return $job;
}

function main(string $device): int
{
    // A receipt that does not add up: refused before anything is stored or sent.
    [$status, $problem] = submit($device, [
        'op' => 'receipt', 'currency' => 'PLN', 'total' => '9.50',
        'lines' => [['name' => 'Tea', 'price' => '9.00', 'vat' => '23%']],
    ]);
    $first = $problem['errors'][0];
    echo "refused ($status): {$first['field']} {$first['message']}; {$first['remedy']}\n";

    [$status, $job] = submit($device, [
        'op' => 'receipt', 'currency' => 'PLN',
        'lines' => [['name' => 'Tea', 'quantity' => '2', 'price' => '4.50', 'vat' => '23%']],
        'payments' => [['kind' => 'cash', 'amount' => '10.00']],
    ]);
    if ($status !== 200 && $status !== 202) {
        echo "refused ($status): {$job['detail']}\n";
        return 1;
    }
    $job = finish($job);
    if ($job === null) {
        echo "Not known whether the receipt came out: look at the paper, then resolve the job.\n";
        return 3;
    }
    call('POST', "/jobs/{$job['id']}/ack", []);
    if ($job['state'] === 'failed') {
        echo "Nothing was issued: {$job['error']['message']} {$job['error']['remedy']}\n";
        return 1;
    }
    echo "Receipt {$job['result']['document']['number']} over {$job['result']['document']['total']} is out.\n";
    return 0;
}

exit(main($argv[1]));
