"""What the tests need of Google's discovery document where it cannot be fetched: names and types only, by hand.

**Source**: YouTube Data API v3, revision 20261104. How a kind is spelled stands at ``discovery.spelled``.
"""

from __future__ import annotations

_PAGING = {"maxResults": "integer uint32 0..50", "pageToken": "string", "part": "string[]!"}
_FORMAT = "string of textFormatUnspecified,html,plainText"
_PRIVACY = "string of public,unlisted,private"

#: Path, parameters, and the schema of the answer.
METHODS: dict[str, tuple[str, dict[str, str], str]] = {
    "channels.list": (
        "youtube/v3/channels", {**_PAGING, "id": "string[]", "forHandle": "string"}, "ChannelListResponse",
    ),
    "playlistItems.list": (
        "youtube/v3/playlistItems", {**_PAGING, "playlistId": "string", "videoId": "string"}, "PlaylistItemListResponse",
    ),
    "videos.list": (
        "youtube/v3/videos", {**_PAGING, "id": "string[]", "maxResults": "integer uint32 1..50"}, "VideoListResponse",
    ),
    "commentThreads.list": (
        "youtube/v3/commentThreads",
        {
            **_PAGING, "allThreadsRelatedToChannelId": "string", "order": "string of orderUnspecified,time,relevance",
            "textFormat": _FORMAT, "maxResults": "integer uint32 1..100",
        },
        "CommentThreadListResponse",
    ),
    "comments.list": (
        "youtube/v3/comments",
        {**_PAGING, "id": "string[]", "parentId": "string", "textFormat": _FORMAT, "maxResults": "integer uint32 1..100"},
        "CommentListResponse",
    ),
    "captions.list": (
        "youtube/v3/captions", {"part": "string[]!", "videoId": "string!"}, "CaptionListResponse",
    ),
    "captions.download": ("youtube/v3/captions/{id}", {"id": "string!", "tfmt": "string"}, ""),
}


def _listed(item: str) -> dict[str, str]:
    return {"kind": "string", "etag": "string", "items": f"{item}[]", "nextPageToken": "string", "pageInfo": "PageInfo"}


_ITEM = {"kind": "string", "etag": "string", "id": "string"}

#: The fields of each schema.
SCHEMAS: dict[str, dict[str, str]] = {
    "PageInfo": {"totalResults": "integer int32", "resultsPerPage": "integer int32"},
    "ChannelListResponse": _listed("Channel"),
    "PlaylistItemListResponse": _listed("PlaylistItem"),
    "VideoListResponse": _listed("Video"),
    "CommentThreadListResponse": _listed("CommentThread"),
    "CommentListResponse": _listed("Comment"),
    "CaptionListResponse": {"kind": "string", "etag": "string", "items": "Caption[]"},
    "Caption": {**_ITEM, "snippet": "CaptionSnippet"},
    "CaptionSnippet": {
        "videoId": "string", "lastUpdated": "string date-time", "trackKind": "string of standard,ASR,forced",
        "language": "string", "name": "string", "audioTrackType": "string of unknown,primary,commentary,descriptive",
        "isCC": "boolean", "isLarge": "boolean", "isEasyReader": "boolean", "isDraft": "boolean", "isAutoSynced": "boolean",
        "status": "string of serving,syncing,failed",
    },
    "Channel": {
        **_ITEM, "snippet": "ChannelSnippet", "contentDetails": "ChannelContentDetails",
        "statistics": "ChannelStatistics", "status": "ChannelStatus", "brandingSettings": "ChannelBrandingSettings",
    },
    "ChannelSnippet": {
        "title": "string", "description": "string", "customUrl": "string", "publishedAt": "string date-time",
        "thumbnails": "ThumbnailDetails", "defaultLanguage": "string",
    },
    "ChannelContentDetails": {"relatedPlaylists": "ChannelContentDetails.relatedPlaylists"},
    "ChannelContentDetails.relatedPlaylists": {"likes": "string", "uploads": "string"},
    "ChannelStatistics": {"videoCount": "string uint64", "viewCount": "string uint64"},
    "ChannelStatus": {"privacyStatus": _PRIVACY},
    "ChannelBrandingSettings": {"image": "ImageSettings"},
    "ImageSettings": {"bannerExternalUrl": "string"},
    "ThumbnailDetails": {"default": "Thumbnail", "medium": "Thumbnail", "high": "Thumbnail"},
    "Thumbnail": {"url": "string", "width": "integer uint32", "height": "integer uint32"},
    "PlaylistItem": {
        **_ITEM, "snippet": "PlaylistItemSnippet", "contentDetails": "PlaylistItemContentDetails",
        "status": "PlaylistItemStatus",
    },
    "PlaylistItemSnippet": {
        "title": "string", "description": "string", "resourceId": "ResourceId", "publishedAt": "string date-time",
    },
    "ResourceId": {"kind": "string", "videoId": "string"},
    "PlaylistItemContentDetails": {"videoId": "string", "videoPublishedAt": "string date-time"},
    "PlaylistItemStatus": {"privacyStatus": _PRIVACY},
    "Video": {**_ITEM, "snippet": "VideoSnippet", "status": "VideoStatus", "contentDetails": "VideoContentDetails"},
    "VideoSnippet": {
        "publishedAt": "string date-time", "channelId": "string", "title": "string", "description": "string",
        "thumbnails": "ThumbnailDetails", "tags": "string[]", "defaultLanguage": "string",
    },
    "VideoStatus": {
        "privacyStatus": _PRIVACY, "uploadStatus": "string of uploaded,processed,failed,rejected,deleted",
    },
    "VideoContentDetails": {"caption": "string of true,false", "duration": "string"},
    "CommentThread": {**_ITEM, "snippet": "CommentThreadSnippet", "replies": "CommentThreadReplies"},
    "CommentThreadSnippet": {
        "channelId": "string", "videoId": "string", "topLevelComment": "Comment", "totalReplyCount": "integer uint32",
        "isPublic": "boolean",
    },
    "CommentThreadReplies": {"comments": "Comment[]"},
    "Comment": {**_ITEM, "snippet": "CommentSnippet"},
    "CommentSnippet": {
        "authorChannelId": "CommentSnippetAuthorChannelId", "authorDisplayName": "string", "videoId": "string",
        "parentId": "string", "textDisplay": "string", "textOriginal": "string", "publishedAt": "string date-time",
        "updatedAt": "string date-time", "moderationStatus": "string of published,heldForReview,likelySpam,rejected",
    },
    "CommentSnippetAuthorChannelId": {"value": "string"},
}
