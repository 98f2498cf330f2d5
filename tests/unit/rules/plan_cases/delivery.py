"""Buckets, the content delivery network, logs, backups and keys."""

from __future__ import annotations

from tests.unit.rules.plan_cases.case import case, each

DATABASE = "D: {Type: AWS::RDS::DBInstance, Properties: {%s}}"
BUCKET = "B: {Type: AWS::S3::Bucket, Properties: {%s}}"
POLICY = """\
B: {Type: AWS::S3::Bucket}
P:
  Type: AWS::S3::BucketPolicy
  Properties:
    Bucket: !Ref B
    PolicyDocument: {Statement: [%s]}
"""
DENY_PLAIN = (
    "{Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*',"
    " Condition: {Bool: {'aws:SecureTransport': 'false'}}}"
)
DISTRIBUTION = "D: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {%s}}}"
CACHE_POLICY = "P: {Type: AWS::CloudFront::CachePolicy, Properties: {CachePolicyConfig: {%s}}}"
BACKUP = "P: {Type: AWS::Backup::BackupPlan, Properties: {BackupPlan: {BackupPlanRule: [{%s}]}}}"
BLOCKED = "PublicAccessBlockConfiguration: {%s}"
BLOCKS = "BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true"

CASES = (
    case(
        "PLAN-11.2-RECOVERY-POINT-TAGS",
        each(BACKUP, "RecoveryPointTags: {Project: a, Phase: b, Environment: c}"),
        each(BACKUP, "RecoveryPointTags: {Project: a, Phase: b}", ""),
    ),
    case(
        "PLAN-8.1-VERSIONING",
        each(BUCKET, "VersioningConfiguration: {Status: Enabled}"),
        each(BUCKET, "VersioningConfiguration: {Status: Suspended}", ""),
    ),
    case(
        "PLAN-8.1-SSE-S3",
        each(
            BUCKET,
            "BucketEncryption: {ServerSideEncryptionConfiguration:"
            " [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]}",
        ),
        each(
            BUCKET,
            "BucketEncryption: {ServerSideEncryptionConfiguration:"
            " [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms'}}]}",
            "",
        ),
    ),
    case(
        "PLAN-8.1-NO-PUBLIC-BUCKET",
        each(BUCKET, BLOCKED % BLOCKS),
        each(
            BUCKET,
            BLOCKED % BLOCKS.replace("IgnorePublicAcls: true", "IgnorePublicAcls: false"),
            BLOCKED % BLOCKS.replace(", RestrictPublicBuckets: true", ""),
            f"{BLOCKED % BLOCKS}, AccessControl: PublicRead",
            "",
        ),
    ),
    case(
        "PLAN-8.1-NO-PUBLIC-POLICY",
        each(
            POLICY,
            "{Effect: Allow, Principal: {Service: cloudfront.amazonaws.com}, Action: 's3:GetObject'}",
            "{Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:root'}, Action: 's3:GetObject'}",
            "{Effect: Allow, Principal: '*', Action: 's3:GetObject',"
            " Condition: {StringEquals: {'aws:SourceVpce': vpce-1}}}",
            DENY_PLAIN,
        ),
        each(
            POLICY,
            "{Effect: Allow, Principal: '*', Action: 's3:GetObject'}",
            "{Effect: Allow, Principal: {AWS: '*'}, Action: 's3:GetObject'}",
            "{Effect: Allow, Principal: {AWS: ['arn:aws:iam::111122223333:root', '*']}, Action: 's3:GetObject'}",
            "{Effect: Allow, Principal: '*', Action: 's3:*', Condition: {Bool: {'aws:SecureTransport': true}}}",
            "{Effect: Allow, NotPrincipal: {AWS: 'arn:aws:iam::111122223333:root'}, Action: 's3:*'}",
        ),
    ),
    case(
        "PLAN-15.2-BUCKET-TLS",
        [
            *each(
                POLICY,
                DENY_PLAIN,
                DENY_PLAIN.replace("'*', Action", "{AWS: '*'}, Action"),
                f"{{Effect: Allow, Principal: {{Service: a}}, Action: 's3:*'}}, {DENY_PLAIN}",
            ),
            (
                "B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'a-${AWS::AccountId}'}}\n"
                "P: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Sub 'a-${AWS::AccountId}',"
                f" PolicyDocument: {{Statement: {DENY_PLAIN}}}}}}}"
            ),
        ],
        [
            "B: {Type: AWS::S3::Bucket}",
            *each(
                POLICY,
                "{Effect: Allow, Principal: {Service: a}, Action: 's3:GetObject'}",
                DENY_PLAIN.replace("Deny", "Allow"),
                DENY_PLAIN.replace("'false'", "'true'"),
                DENY_PLAIN.replace("'*', Action", "{AWS: 'arn:aws:iam::111122223333:root'}, Action"),
                DENY_PLAIN.replace("'s3:*'", "'s3:GetObject'"),
            ),
        ],
    ),
    case(
        "PLAN-9.1-PRICE-CLASS",
        each(DISTRIBUTION, "PriceClass: PriceClass_100"),
        each(DISTRIBUTION, "PriceClass: PriceClass_All", "Enabled: true"),
    ),
    case(
        "PLAN-9.1-ORIGIN-ACCESS-CONTROL",
        each(
            DISTRIBUTION,
            "Origins: [{OriginAccessControlId: E1, S3OriginConfig: {OriginAccessIdentity: ''}}]",
            "Origins: [{CustomOriginConfig: {OriginProtocolPolicy: https-only}}]",
        ),
        [
            *each(
                DISTRIBUTION,
                "Origins: [{S3OriginConfig: {OriginAccessIdentity: origin-access-identity/cloudfront/E1}}]",
                "Origins: [{S3OriginConfig: {OriginAccessIdentity:"
                " !Sub 'origin-access-identity/cloudfront/${AWS::StackName}'}}]",
                "Origins: [{S3OriginConfig: {OriginAccessIdentity: ''}}]",
            ),
            "I: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}",
        ],
    ),
    case(
        "PLAN-9.2-HTTPS-ONLY",
        each(
            DISTRIBUTION,
            "DefaultCacheBehavior: {ViewerProtocolPolicy: redirect-to-https},"
            " CacheBehaviors: [{ViewerProtocolPolicy: https-only}]",
        ),
        each(
            DISTRIBUTION,
            "DefaultCacheBehavior: {ViewerProtocolPolicy: allow-all}",
            "DefaultCacheBehavior: {ViewerProtocolPolicy: redirect-to-https},"
            " CacheBehaviors: [{ViewerProtocolPolicy: allow-all}]",
        ),
    ),
    case(
        "PLAN-9.2-TLS-1.2",
        each(
            DISTRIBUTION,
            "ViewerCertificate: {AcmCertificateArn: a, MinimumProtocolVersion: TLSv1.2_2021}",
            "ViewerCertificate: {AcmCertificateArn: a, MinimumProtocolVersion: TLSv1.3_2025}",
            "ViewerCertificate: {CloudFrontDefaultCertificate: true}",
        ),
        each(
            DISTRIBUTION,
            "ViewerCertificate: {AcmCertificateArn: a, MinimumProtocolVersion: TLSv1.1_2016}",
            "ViewerCertificate: {IamCertificateId: a}",
        ),
    ),
    case(
        "PLAN-9.2-COMPRESSED",
        [
            DISTRIBUTION % "DefaultCacheBehavior: {Compress: true}",
            CACHE_POLICY % "ParametersInCacheKeyAndForwardedToOrigin:"
            " {EnableAcceptEncodingGzip: true, EnableAcceptEncodingBrotli: true}",
        ],
        [
            *each(
                DISTRIBUTION,
                "DefaultCacheBehavior: {Compress: false}",
                "DefaultCacheBehavior: {Compress: true}, CacheBehaviors: [{PathPattern: a}]",
            ),
            CACHE_POLICY % "ParametersInCacheKeyAndForwardedToOrigin: {EnableAcceptEncodingGzip: true}",
        ],
    ),
    case(
        "PLAN-9.2-TTL",
        each(CACHE_POLICY, "DefaultTTL: 86400, MaxTTL: 31536000"),
        each(CACHE_POLICY, "DefaultTTL: 3600, MaxTTL: 31536000", "DefaultTTL: 86400, MaxTTL: 86400"),
    ),
    case(
        "PLAN-10.7-LOGS-7-DAYS",
        ["L: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: '7'}}"],
        [
            "L: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 30}}",
            "L: {Type: AWS::Logs::LogGroup}",
        ],
    ),
    case(
        "PLAN-11.2-KEPT-7-DAYS",
        each(BACKUP, "Lifecycle: {DeleteAfterDays: 7}"),
        each(BACKUP, "Lifecycle: {DeleteAfterDays: 35}", "Lifecycle: {MoveToColdStorageAfterDays: 7}", ""),
    ),
    case(
        "PLAN-11.2-DAILY",
        each(BACKUP, "ScheduleExpression: cron(0 3 * * ? *)", "ScheduleExpression: cron(0 3 ? * * *)"),
        each(BACKUP, "ScheduleExpression: cron(0 5 ? * * *)", "ScheduleExpression: rate(1 day)", ""),
    ),
    case(
        "PLAN-12.1-NO-CUSTOMER-KEY",
        [
            DATABASE % "StorageEncrypted: true",
            DATABASE % "KmsKeyId: alias/aws/rds",
            "T: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: 'arn:aws:kms:us-east-1:1:alias/aws/sns'}}",
        ],
        [
            "K: {Type: AWS::KMS::Key}",
            "K: {Type: AWS::KMS::ReplicaKey}",
            DATABASE % "KmsKeyId: 1234abcd-12ab-34cd-56ef-1234567890ab",
            DATABASE % "KmsKeyId: !Sub 'arn:aws:kms:us-east-1:${AWS::AccountId}:key/1234abcd'",
            (
                "K: {Type: AWS::KMS::Key}\nV: {Type: AWS::Backup::BackupVault,"
                " Properties: {EncryptionKeyArn: !GetAtt K.Arn}}"
            ),
            BUCKET % "BucketEncryption: {ServerSideEncryptionConfiguration:"
            " [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: alias/mine}}]}",
            "L: {Type: AWS::Logs::LogGroup, Properties: {KmsKeyId: 'arn:aws:kms:us-east-1:1:key/a'}}",
        ],
    ),
)
