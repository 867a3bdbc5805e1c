/**
 * Query parameters that tell where a visitor came from and never what the page shows, so that they must not split one page into many.
 *
 * Written by hand, by the tool that appends them; each name was checked in November 2026 against two well-kept public lists:
 *  - AdGuard, https://github.com/AdguardTeam/AdguardFilters, TrackParamFilter/sections/general_url.txt
 *  - ClearURLs, https://github.com/ClearURLs/Rules, data.min.json, provider `globalRules`
 *  - tidy-url 1.18.3 (MIT), https://github.com/DrKain/tidy-url, the rule `Global`
 * The first two may not be copied into a program under the MIT licence, so they only confirm. A package is not used, because the list decides
 * which address is the key of a content: each of its updates would part contents that are one, or make one of two.
 *
 * Names that some sites use for content (`ref`, `source`, `from`, `id`, `var`, `clickid`) are left out on purpose: a page kept twice
 * is a smaller harm than two pages taken for one. Parameters of a single site belong into that site's platform.
 */

/** Compared in lower case with the whole name. */
const names = [
  // Google Ads and Analytics
  'gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid _ga _gl usqp',
  // Meta, Instagram
  'fbclid igshid igsh fb_action_ids fb_action_types fb_comment_id fb_ref fb_source action_object_map action_ref_map action_type_map',
  // Microsoft, Yandex, X, TikTok, LinkedIn, Pinterest, Snapchat, Reddit, Quora
  'msclkid yclid ysclid _openstat twclid ttclid li_fat_id epik sccid rdt_cid qclid ref_src ref_url',
  // Bilibili and other Chinese share links
  'spm_id_from from_source from_spmid vd_source share_source share_medium share_plat share_session_id share_tag',
  // Mail: Mailchimp, HubSpot, Marketo, Klaviyo, MailerLite, ConvertKit, Vero, Drip, Dynamics, Omeda, Mindbox, Blueshift
  'mc_cid mc_eid mc_tc _hsenc _hsmi __hsfp __hssc __hstc hsctatracking mkt_tok _kx ml_subscriber ml_subscriber_hash ck_subscriber_id',
  'vero_conv vero_id _clde _cldee oly_anon_id oly_enc_id mindbox-click-id mindbox-message-key',
  'bsft_clkid bsft_eid bsft_mid bsft_uid bsft_aaid bsft_ek',
  // Affiliate and advertising networks
  'awc sscid tduid irclickid irgwc ir_adid ir_campaignid ir_partnerid admitad_uid rb_clickid rtkcid wickedid asgtbndr vc_lpp ebisadid',
  '_branch_match_id _branch_referrer gps_adid unicorn_click_id external_click_id erid dicbo tblci',
  // Adobe, Coremetrics, AT Internet, Mapp, Cxense, Webtrends, Kochava and others
  's_cid s_kwcid ef_id sc_cid cm_me cm_cr xtor wt_mc wt.mc_id cx_click cx_recsorder cx_recswidget cmpid ncid guccounter',
  // Eloqua, Drip, Condé Nast's letters, campaigns within a site
  'elq elqaid elqat elqak elqtrack elqtrackid elqcampaignid __s mbid ga_source ga_medium ga_term ga_content ga_campaign ga_place',
  'int_source int_medium int_campaign int_content int_cmp_name int_cmp_id int_cmp_creative',
  'guce_referrer guce_referrer_sig __io_lv _io_session_id pk_vid',
].flatMap((line) => line.split(' '));

/** Whole families: everything whose name begins so. */
const prefixes = ['utm_', 'hsa_', 'mtm_', 'matomo_', 'piwik_', 'pk_', 'itm_', 'adjust_', 'dpg_', 'cm_mmc', 'at_custom'];

const exact = new Set([...names, 'at_campaign', 'at_medium']);

/** True for a parameter that only tracks; `name` as decoded from the query. */
export function isTrackingParameter(name: string): boolean {
  const lower = name.toLowerCase();
  return exact.has(lower) || prefixes.some((prefix) => lower.startsWith(prefix));
}
