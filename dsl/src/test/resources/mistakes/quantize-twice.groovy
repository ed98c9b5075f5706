pipeline('hello') {
    prepare    { dataset 'data/hello.jsonl' }
    initialize { model 'base-model' }
    train      { method lora() }
    deploy     { target directory('models/hello'); quantize q8_0; quantize int8 }
}
