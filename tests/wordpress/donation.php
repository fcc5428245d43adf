<?php // What donation number i is worth and who gave it: the one truth that seeding, editing and mending share.

// Amounts at the edges of 32 bits and of DECIMAL(10,2); all of them are good.
const EDGE_AMOUNTS = [1 => 1, 2 => 2147483648, 3 => 4294967296, 4 => 9999999999];

const DONOR_NAMES = ['Adaeze Okonkwo', 'Olúwáṣeun Adéyẹmí', 'Ngozi Nwosu', 'Bọ́lá Tinubu', 'Zainab Bello',
                     'Chidi O’Brien', 'Emeka "Mex" Obi', 'José Núñez', '李小龙', 'OlÃºwÃ¡á¹£eun', '😀 Anonymous'];

// The kinds of dirt in the order in which they lie along the donations, each with the number of donations it spoils.
// "dirty" must become dead letters, "left_out" has a status that is not published.
const DIRT = [
    'dirty' => ['bad_email' => 6, 'missing_amount' => 4, 'zero_amount' => 3, 'negative_amount' => 3, 'text_amount' => 4,
                'fractional_amount' => 2, 'over_range_amount' => 2, 'over_64_bit_amount' => 1, 'null_amount' => 2,
                'repeated_amount' => 3, 'missing_ref' => 2],
    'left_out' => ['draft_without_date' => 4, 'draft' => 2, 'trash' => 3, 'auto_draft' => 2],
];

const BAD_EMAILS = ['not-an-email', 'ada@@example.ng', 'ada obi@example.ng', 'ada@', '@example.ng', 'ada@example..ng'];

// Returns position => [group, kind, how many of this kind came before], spread evenly over the donations.
function dirt_positions(int $donations): array {
    $entries = [];
    foreach (DIRT as $group => $kinds) {
        foreach ($kinds as $kind => $count) {
            for ($n = 0; $n < $count; ++$n) $entries[] = [$group, $kind, $n];
        }
    }
    $stride = intdiv($donations - count(EDGE_AMOUNTS), count($entries));
    if ($stride < 1) {
        fwrite(STDERR, 'at least ' . (count($entries) + count(EDGE_AMOUNTS)) . " donations are needed\n");
        exit(2);
    }
    $positions = [];
    foreach ($entries as $k => $entry) $positions[count(EDGE_AMOUNTS) + ($k + 1) * $stride] = $entry;
    return $positions;
}

function donation_ref(int $i): string {
    return sprintf('DON-%06d', $i);
}

// 100.00 to 5,000,000.00 naira, in kobo.
function donation_kobo(int $i): int {
    return EDGE_AMOUNTS[$i] ?? 10000 + $i * 2654435761 % 499990001;
}

function donation_email(int $i): string {
    $name = preg_replace('/[^a-z]+/', '.', strtolower(DONOR_NAMES[$i % 5]));
    return trim($name, '.') . $i . '@example.ng';
}

// The five ways in which the site's forms wrote one amount over the years.
function donation_amount_text(int $i): string {
    $kobo = donation_kobo($i);
    $whole = intdiv($kobo, 100);
    $cents = sprintf('%02d', $kobo % 100);
    $grouped = strrev(implode(',', str_split(strrev((string)$whole), 3))) . ".$cents";
    $short = rtrim(rtrim("$whole.$cents", '0'), '.');
    return ["$whole.$cents", "₦$grouped", "$grouped ", "NGN $whole.$cents", $short][$i % 5];
}
